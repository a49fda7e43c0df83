/** What a stream of events says, as HTML has it (sections 9.2.5 and 9.2.6), in whichever parts it comes. */

export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  readonly id: string;
}

export class EventStreamReader {
  readonly #onEvent: (event: StreamEvent) => void;
  readonly #onRetry: (ms: number) => void;
  readonly #decoder = new TextDecoder();
  #id: string;
  /** The begin of a line. */
  #rest = "";
  /** The last part ended with CR: an LF that comes first in the next one belongs to it. */
  #carriageReturn = false;
  #data: string[] = [];
  #type = "";

  /** @param id the last one of the stream before */
  constructor(id: string, onEvent: (event: StreamEvent) => void, onRetry: (ms: number) => void) {
    this.#id = id;
    this.#onEvent = onEvent;
    this.#onRetry = onRetry;
  }

  feed(bytes: Uint8Array): void {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return;
    if (this.#carriageReturn && text.startsWith("\n")) text = text.slice(1);
    this.#carriageReturn = text.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
  }

  #onLine(line: string): void {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#type = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^[0-9]+$/.test(value)) this.#onRetry(Number(value));
  }

  #dispatch(): void {
    const event = { type: this.#type || "message", data: this.#data.join("\n"), id: this.#id };
    const some = this.#data.length > 0;
    this.#type = "";
    this.#data = [];
    if (some) this.#onEvent(event);
  }
}
