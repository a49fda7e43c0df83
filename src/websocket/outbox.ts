/** What `send` takes: text for a string, binary for everything else. */
export type Sendable = string | ArrayBufferLike | ArrayBufferView | Blob;

export interface OutboxSink {
  text(message: string): void;
  binary(message: Uint8Array): void;
  close(code: number | undefined, reason: Uint8Array): void;
  /** A blob could not be read. */
  fail(error: unknown): void;
}

type Entry = string | Uint8Array | { readonly code: number | undefined; readonly reason: Uint8Array };

/** Keeps messages in order although a blob's bytes come later than it was sent. */
export class Outbox {
  readonly #sink: OutboxSink;
  /** Undefined while nothing waits for a blob, which is nearly always. */
  #queue: Promise<void> | undefined;
  #pending = 0;

  constructor(sink: OutboxSink) {
    this.#sink = sink;
  }

  /** Bytes that wait for a blob, and those that were sent too late. */
  get pending(): number {
    return this.#pending;
  }

  /** @param open false where the message is only counted, as the platform does. */
  send(data: Sendable, open: boolean): void {
    if (data instanceof Blob) {
      this.#pending += data.size;
      if (!open) return;
      const read = data.arrayBuffer().then((buffer) => new Uint8Array(buffer));
      read.catch(() => {}); // it may fail before its turn comes, when nobody waits for it yet
      this.#later(read);
      return;
    }
    const message = messageOf(data);
    if (open && this.#queue === undefined) {
      this.#put(message);
      return;
    }
    const bytes = typeof message === "string" ? new TextEncoder().encode(message) : message.slice();
    this.#pending += bytes.length;
    if (open) this.#later(typeof message === "string" ? message : bytes, bytes.length);
  }

  close(code: number | undefined, reason: Uint8Array): void {
    if (this.#queue === undefined) this.#sink.close(code, reason);
    else this.#later({ code, reason });
  }

  #later(entry: Entry | Promise<Uint8Array>, size = 0): void {
    const queue = (this.#queue ?? Promise.resolve())
      .then(() => entry)
      .then(
        (ready) => {
          this.#pending -= ready instanceof Uint8Array ? ready.length : size;
          this.#put(ready);
        },
        (error) => this.#sink.fail(error),
      )
      .then(() => {
        if (this.#queue === queue) this.#queue = undefined;
      });
    this.#queue = queue;
  }

  #put(entry: Entry): void {
    if (typeof entry === "string") this.#sink.text(entry);
    else if (entry instanceof Uint8Array) this.#sink.binary(entry);
    else this.#sink.close(entry.code, entry.reason);
  }
}

/** Text, or the bytes behind a view or a buffer; what is neither is sent as the text that it makes. */
function messageOf(data: Exclude<Sendable, Blob>): string | Uint8Array {
  if (typeof data === "string") return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isBuffer(data) ? new Uint8Array(data) : String(data);
}

function isBuffer(data: unknown): data is ArrayBufferLike {
  return (
    data instanceof ArrayBuffer ||
    (typeof SharedArrayBuffer === "function" && data instanceof SharedArrayBuffer)
  );
}
