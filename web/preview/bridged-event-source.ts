import { addressOf } from "./ask.ts";
import { bridgedFetch } from "./bridged-fetch.ts";

/** `EventSource` over the bridged `fetch`: the stream's grammar, and connecting again, as HTML has it (section 9.2). */
export class BridgedEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readonly url: string;
  readonly withCredentials = false;
  readyState: number = BridgedEventSource.CONNECTING;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly #over = new AbortController();
  #lastId = "";
  #retryMs = 3000;
  #data: string[] = [];
  #type = "";

  constructor(url: string | URL) {
    super();
    this.url = addressOf(url);
    this.addEventListener("open", (event) => this.onopen?.(event));
    this.addEventListener("message", (event) => this.onmessage?.(event as MessageEvent));
    this.addEventListener("error", (event) => this.onerror?.(event));
    void this.#run();
  }

  close(): void {
    this.readyState = BridgedEventSource.CLOSED;
    this.#over.abort();
  }

  async #run(): Promise<void> {
    while (this.readyState !== BridgedEventSource.CLOSED) {
      const again = await this.#connect().catch(() => true);
      if (this.readyState === BridgedEventSource.CLOSED) return;
      this.readyState = again ? BridgedEventSource.CONNECTING : BridgedEventSource.CLOSED;
      this.dispatchEvent(new Event("error"));
      if (again) await new Promise((resolve) => setTimeout(resolve, this.#retryMs));
    }
  }

  /** @returns whether to try again. */
  async #connect(): Promise<boolean> {
    const headers = { Accept: "text/event-stream", ...(this.#lastId && { "Last-Event-ID": this.#lastId }) };
    const response = await bridgedFetch(this.url, { headers, signal: this.#over.signal });
    const type = response.headers.get("Content-Type") ?? "";
    if (response.status !== 200 || !type.startsWith("text/event-stream") || !response.body) return false;
    this.readyState = BridgedEventSource.OPEN;
    this.dispatchEvent(new Event("open"));
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + decoder.decode(part.value, { stream: true })).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines) this.#onLine(line);
    }
    return true;
  }

  #onLine(line: string): void {
    if (line === "") return this.#dispatch();
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#type = value;
    else if (field === "id" && !value.includes("\0")) this.#lastId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.#retryMs = Number(value);
  }

  #dispatch(): void {
    const [type, data] = [this.#type || "message", this.#data];
    this.#type = "";
    this.#data = [];
    if (data.length === 0) return;
    this.dispatchEvent(new MessageEvent(type, { data: data.join("\n"), lastEventId: this.#lastId }));
  }
}
