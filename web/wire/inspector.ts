/** The bytes of a segment and what they mean, side by side: pointing at either lights up the other. */
import { h } from "../app/dom.ts";
import { describeRow, itemsOf, sizeOf, timeOf } from "./describe.ts";
import type { Item } from "./items.ts";
import type { Row, SegmentRow } from "./recorder.ts";

/** Bytes of a segment shown: more is a body that the response panel shows better. */
const MAX_BYTES = 4096;
const MAX_MEANINGS = 200;

export class Inspector {
  readonly element = h("div", {
    class: "inspector",
    tabindex: 0,
    role: "group",
    "aria-label": "Bytes and their meaning",
  });
  #row: Row | undefined;

  constructor() {
    this.element.addEventListener("pointerover", (event) => this.#onPoint(event.target as Element));
    this.element.addEventListener("pointerleave", () => this.#light(undefined));
    this.element.addEventListener("focusin", (event) => this.#onPoint(event.target as Element));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.show(undefined);
  }

  show(row: Row | undefined): void {
    if (row === this.#row && row !== undefined) return;
    this.#row = row;
    if (!row)
      this.element.replaceChildren(
        h("p", { class: "empty" }, "Choose a segment to see its bytes and what they mean."),
      );
    else if (row.type !== "segment")
      this.element.replaceChildren(h("p", { class: "empty" }, describeRow(row)));
    else this.element.replaceChildren(...segmentView(row));
  }

  #onPoint(target: Element): void {
    this.#light(target.closest<HTMLElement>("[data-item]")?.dataset.item);
  }

  #light(item: string | undefined): void {
    for (const element of this.element.querySelectorAll<HTMLElement>("[data-item]")) {
      element.classList.toggle("lit", element.dataset.item === item);
    }
  }

  /** Up and down walk through the meanings. */
  #onKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const meanings = [...this.element.querySelectorAll<HTMLElement>(".meanings li")];
    if (meanings.length === 0) return;
    event.preventDefault();
    const at = meanings.indexOf(document.activeElement as HTMLElement);
    const next = event.key === "ArrowDown" ? Math.min(at + 1, meanings.length - 1) : Math.max(at - 1, 0);
    meanings[next]?.focus();
  }
}

function segmentView(row: SegmentRow): Node[] {
  const items = itemsOf(row).slice(0, MAX_MEANINGS);
  const flow = row.connection.flows[row.direction];
  const bytes = flow.bytes.slice(row.from, Math.min(row.to, row.from + MAX_BYTES));
  const length = row.to - row.from;
  const under = row.time - row.sentAt;
  const left = length - bytes.length;
  return [
    h(
      "p",
      { class: "hint" },
      `${sizeOf(length)} ${row.direction === "toServer" ? "to the server" : "to the client"}, connection ${row.connection.id}, bytes ${row.from} to ${row.to - 1}, ${timeOf(under)} under way`,
    ),
    h(
      "pre",
      { class: "bytes" },
      ...bytesView(bytes, row.from, items),
      ...(left > 0 ? [h("span", { class: "escape" }, `\n… ${sizeOf(left)} more`)] : []),
    ),
    h("ol", { class: "meanings", "aria-label": "Meaning" }, ...items.map(meaning)),
  ];
}

function meaning(item: Item, index: number): HTMLElement {
  return h(
    "li",
    { "data-item": index, tabindex: -1, class: item.kind },
    h("span", {}, item.label),
    h("span", {}, item.detail ?? (item.to > item.from ? sizeOf(item.to - item.from) : "")),
  );
}

function bytesView(bytes: Uint8Array, from: number, items: readonly Item[]): Node[] {
  const nodes: Node[] = [];
  let at = from;
  const end = from + bytes.length;
  const text = (start: number, stop: number) => visible(bytes.subarray(start - from, stop - from));
  items.forEach((item, index) => {
    const start = Math.max(item.from, at);
    const stop = Math.min(item.to, end);
    if (stop <= start || (item.kind === "problem" && item.label === "Not valid")) return;
    if (start > at) nodes.push(...text(at, start));
    nodes.push(
      h("span", { class: `item ${item.kind}`, "data-item": index }, ...tokenised(item, start, stop, text)),
    );
    at = stop;
  });
  if (at < end) nodes.push(...text(at, end));
  return nodes;
}

function tokenised(
  item: Item,
  start: number,
  stop: number,
  text: (start: number, stop: number) => Node[],
): Node[] {
  const nodes: Node[] = [];
  let at = start;
  for (const token of item.tokens ?? []) {
    const tokenFrom = Math.max(token.from, at);
    const tokenTo = Math.min(token.to, stop);
    if (tokenTo <= tokenFrom) continue;
    nodes.push(...text(at, tokenFrom), h("span", { class: token.role }, ...text(tokenFrom, tokenTo)));
    at = tokenTo;
  }
  nodes.push(...text(at, stop));
  return nodes;
}

/** Bytes as text; what has no look of its own is spelt out. */
function visible(bytes: Uint8Array): Node[] {
  const nodes: Node[] = [];
  let plain = "";
  let spelt = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(plain));
    if (spelt) nodes.push(h("span", { class: "escape" }, spelt));
    plain = "";
    spelt = "";
  };
  for (const character of decode(bytes)) {
    const code = character.codePointAt(0)!;
    if (code >= 32 && code !== 127 && character !== "\ufffd") {
      if (spelt) flush();
      plain += character;
    } else {
      if (plain) flush();
      spelt +=
        character === "\r"
          ? "\\r"
          : character === "\n"
            ? "\\n\n"
            : character === "\ufffd"
              ? "·"
              : `\\x${code.toString(16).padStart(2, "0")}`;
    }
  }
  flush();
  return nodes;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
