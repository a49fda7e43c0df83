/** The request builder: a form, or the very bytes. */
import { announce, button, byId, choice, h } from "../app/dom.ts";
import { draftOf, type ExampleRequest } from "../app/examples.ts";
import { asCurl } from "../http/curl.ts";
import { EMPTY_DRAFT, type RequestDraft, rawTextOf } from "../http/draft.ts";

/** What is written where the server's port is not known yet. */
const ANY_PORT = 8080;
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export class RequestPanel {
  readonly #method = byId("method", HTMLInputElement);
  readonly #path = byId("path", HTMLInputElement);
  readonly #headers = byId("headers", HTMLTextAreaElement);
  readonly #body = byId("body", HTMLTextAreaElement);
  readonly #raw = byId("raw", HTMLTextAreaElement);
  readonly #port = byId("port", HTMLSelectElement);
  readonly #send: HTMLButtonElement;
  readonly #hangUp: HTMLButtonElement;
  readonly #press: (mode: RequestDraft["mode"]) => void;
  #mode: RequestDraft["mode"] = "form";

  constructor(events: { onSend(): void; onHangUp(): void }) {
    byId("methods", HTMLDataListElement).append(...METHODS.map((value) => h("option", { value })));
    this.#press = choice({ form: "mode-form", raw: "mode-raw" }, (mode) => this.#onMode(mode));
    this.#send = button("send", events.onSend);
    this.#hangUp = button("hang-up", events.onHangUp);
    button("copy-curl", () => void this.#copyCurl());
    for (const input of [this.#method, this.#path]) {
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !this.#send.disabled) events.onSend();
      });
    }
    this.ports = [];
  }

  get draft(): RequestDraft {
    return {
      mode: this.#mode,
      method: this.#method.value.trim() || "GET",
      path: this.#path.value || "/",
      headers: this.#headers.value,
      body: this.#body.value,
      raw: this.#raw.value,
    };
  }

  set draft(draft: RequestDraft) {
    this.#method.value = draft.method;
    this.#path.value = draft.path;
    this.#headers.value = draft.headers;
    this.#body.value = draft.body;
    this.#raw.value = draft.raw;
    this.#showMode(draft.mode);
  }

  /** Where to send to; `undefined` while nothing listens. */
  get port(): number | undefined {
    return this.#port.value === "" ? undefined : Number(this.#port.value);
  }

  set ports(ports: readonly number[]) {
    const before = this.#port.value;
    const options = ports.map((port) => h("option", {}, String(port)));
    this.#port.replaceChildren(...(options.length > 0 ? options : [h("option", { value: "" }, "none")]));
    if (ports.includes(Number(before))) this.#port.value = before;
    this.#port.disabled = ports.length === 0;
  }

  set sending(sending: boolean) {
    this.#hangUp.disabled = !sending;
  }

  /** A link's code was not run yet: nothing is sent before somebody has said so. */
  set paused(paused: boolean) {
    this.#send.disabled = paused;
  }

  /** Requests that an example suggests. */
  showPresets(requests: readonly ExampleRequest[]): void {
    const buttons = requests.map((request) => {
      const preset = h("button", { class: "quiet", type: "button" }, `${request.method} ${request.path}`);
      preset.addEventListener("click", () => {
        this.draft = draftOf(request);
      });
      return preset;
    });
    byId("presets", HTMLElement).replaceChildren(...(requests.length > 1 ? buttons : []));
  }

  #onMode(mode: RequestDraft["mode"]): void {
    // What was in the form is a good beginning for bytes of one's own.
    if (mode === "raw") this.#raw.value = rawTextOf({ ...this.draft, mode: "form" }, this.port ?? ANY_PORT);
    this.#showMode(mode);
  }

  #showMode(mode: RequestDraft["mode"]): void {
    this.#mode = mode;
    this.#press(mode);
    byId("form", HTMLElement).hidden = mode !== "form";
    byId("raw-form", HTMLElement).hidden = mode !== "raw";
  }

  async #copyCurl(): Promise<void> {
    const command = asCurl(this.draft ?? EMPTY_DRAFT, this.port ?? ANY_PORT);
    try {
      await navigator.clipboard.writeText(command);
      announce("The command is copied");
    } catch {
      prompt("The command:", command);
    }
  }
}
