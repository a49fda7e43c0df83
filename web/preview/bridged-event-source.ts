import { addressOf } from "./ask.ts";
import { bridgedFetch } from "./bridged-fetch.ts";
import { EventStreamReader } from "./event-stream.ts";

/** More than this a timer can't wait: it would not wait at all. */
const LONGEST_MS = 2 ** 31 - 1;

/** `EventSource` over the bridged `fetch`: it connects again as HTML has it (section 9.2). */
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
    const events = new EventStreamReader(
      this.#lastId,
      ({ type: name, data, id }) => {
        this.#lastId = id;
        const { origin } = new URL(this.url);
        this.dispatchEvent(new MessageEvent(name, { data, lastEventId: id, origin }));
      },
      (ms) => {
        this.#retryMs = Math.min(ms, LONGEST_MS);
      },
    );
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) events.feed(part.value);
    return true;
  }
}
