/** The response, pretty or raw, as it comes in. */
import { byId, choice, eachFrame, h } from "../app/dom.ts";
import { joined, wholeCharacters } from "../http/bytes.ts";
import type { Exchange, Reply } from "../http/exchange.ts";
import { textOf } from "../http/raw-text.ts";
import { sizeOf, timeOf } from "../wire/describe.ts";
import { bodyView } from "./body-view.ts";

/** Bytes of a raw response shown at once. */
const MAX_RAW = 200_000;

export class ResponsePanel {
  readonly #output = byId("response", HTMLElement);
  #exchange: Exchange | undefined;
  #mode: "pretty" | "raw" = "pretty";
  /** A body may take its time: meanwhile nothing else is drawn. */
  #drawing = false;
  readonly changed = eachFrame(() => void this.#draw());

  constructor() {
    choice({ pretty: "show-pretty", raw: "show-raw" }, (mode) => {
      this.#mode = mode;
      this.changed();
    });
    this.clear();
  }

  clear(): void {
    this.#exchange = undefined;
    this.#output.replaceChildren(h("p", { class: "empty" }, "Run the program and send it a request."));
  }

  show(exchange: Exchange): void {
    this.#exchange = exchange;
    this.changed();
  }

  async #draw(): Promise<void> {
    const exchange = this.#exchange;
    const mode = this.#mode;
    if (!exchange || this.#drawing) return;
    this.#drawing = true;
    const drawn = [exchange.rawBytes, exchange.state].join();
    const view = mode === "raw" ? Promise.resolve([rawView(exchange)]) : prettyView(exchange);
    const parts = await view.finally(() => {
      this.#drawing = false;
    });
    // It is of a response that is not shown any more, or not so; one that has grown is drawn, and then drawn again.
    const wanted = exchange === this.#exchange && mode === this.#mode;
    if (!wanted || drawn !== [exchange.rawBytes, exchange.state].join()) this.changed();
    if (wanted) this.#put(exchange, parts);
  }

  #put(exchange: Exchange, parts: readonly Node[]): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#output;
    const atEnd = scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 8;
    const replies = exchange.replies.length;
    this.#output.dataset.state = exchange.state;
    this.#output.replaceChildren(
      ...(replies > 1 ? [h("p", { class: "empty" }, `The last of ${replies} responses`)] : []),
      ...parts,
    );
    this.#output.scrollTop = atEnd ? this.#output.scrollHeight : scrollTop;
  }
}

/** What the state line says to who can't see it. */
export function summaryOf(exchange: Exchange): string {
  const reply = exchange.replies.at(-1);
  const status = reply ? `${reply.head.status} ${reply.head.reason}` : "No response";
  return exchange.problem ? `${status}: ${exchange.problem}` : `${status}, ${sizeOf(reply?.bodyBytes ?? 0)}`;
}

function rawView(exchange: Exchange): HTMLElement {
  const bytes = joined(exchange.raw, MAX_RAW);
  const all = bytes.length === exchange.rawBytes;
  const text = textOf(all && exchange.over ? bytes : wholeCharacters(bytes));
  return h("pre", {}, all ? text : `${text}\n… ${sizeOf(exchange.rawBytes)} in all`);
}

async function prettyView(exchange: Exchange): Promise<Node[]> {
  const reply = exchange.replies.at(-1);
  const problem = exchange.problem ? [h("p", { class: "problem" }, sentence(exchange.problem))] : [];
  if (!reply) {
    const waiting = exchange.over
      ? []
      : [
          h(
            "p",
            { class: "empty" },
            exchange.state === "connecting" ? "Connecting …" : "Waiting for the response …",
          ),
        ];
    return [...problem, ...waiting];
  }
  const interim = exchange.interim.map(({ status, reason }) =>
    h("p", { class: "empty" }, `${status} ${reason} came first`),
  );
  const fields = [...reply.head.headers];
  return [
    ...interim,
    statusLine(reply, exchange),
    ...problem,
    ...(fields.length > 0 ? [table("Fields", fields)] : []),
    reply.head.status === 101
      ? h(
          "p",
          { class: "empty" },
          "From here on it is another protocol's bytes: see the raw view, and the wire.",
        )
      : await bodyView(reply, exchange.over),
    ...(reply.trailers.length > 0 ? [table("Trailer fields", reply.trailers)] : []),
  ];
}

function statusLine(reply: Reply, exchange: Exchange): HTMLElement {
  const { status, reason, minor } = reply.head;
  const first = exchange.firstByteMs === undefined ? "" : `first byte ${timeOf(exchange.firstByteMs)}`;
  const all = exchange.endedMs === undefined ? "still coming" : `all in ${timeOf(exchange.endedMs)}`;
  const text = [first, all, sizeOf(reply.bodyBytes)].filter(Boolean).join(" · ");
  return h(
    "p",
    { class: `status ${status < 400 ? "good" : "bad"}`, title: `HTTP/1.${minor}` },
    `${status} ${reason}`,
    h("span", { class: "timing" }, text),
  );
}

function table(caption: string, fields: Iterable<readonly [string, string]>): HTMLElement {
  const rows = Array.from(fields, ([name, value]) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)),
  );
  return h("table", {}, h("caption", { class: "unseen" }, caption), h("tbody", {}, ...rows));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
