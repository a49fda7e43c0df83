import type { HeadersInput } from "../http1/headers.ts";
import { type OutgoingFraming, trailerSection } from "../http1/response-writer.ts";
import { tooLate, UsageError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { textLength } from "./text.ts";
import type { BodyWriter } from "./types.ts";

/** Longer pieces leave in slices with a wait between them, so that a stalled reader is told from a slow one. */
export const SLICE_BYTES = 1_048_576;

/** The body of a response in one of its framings. `"none"` takes what it is given and sends nothing. */
export class OutgoingBody implements BodyWriter {
  readonly #exchange: Exchange;
  readonly #framing: OutgoingFraming;
  #left: number;
  #closed = false;

  constructor(exchange: Exchange, framing: OutgoingFraming) {
    this.#exchange = exchange;
    this.#framing = framing;
    this.#left = typeof framing === "number" ? framing : Infinity;
  }

  /** Whether what is written goes anywhere. */
  get wanted(): boolean {
    return this.#framing !== "none";
  }

  /** @param given the chunk is lent to whoever reads it, see `Socket.write`. */
  write(chunk: Uint8Array | string, given = false): Promise<void> {
    try {
      this.#checkOpen();
      const length = this.#lengthOf(chunk, given);
      if (length === 0 || !this.wanted) return RESOLVED;
      if (length > this.#left) throw mismatch(`${length} bytes, wanted at most ${this.#left}`);
      this.#left -= length;
      if (typeof chunk !== "string" && length > SLICE_BYTES) return this.#writeSlices(chunk);
      return this.#write(chunk, length, given);
    } catch (error) {
      return rejected(error);
    }
  }

  async close(trailers?: HeadersInput): Promise<void> {
    this.#checkOpen();
    const section = trailerSection(trailers);
    this.#closed = true;
    if (this.#framing === "chunked") return this.#exchange.responseEnded("0\r\n", section);
    if (typeof this.#framing !== "number" || this.#left === 0) return this.#exchange.responseEnded();
    const error = mismatch(`${this.#left} bytes are missing`);
    this.#exchange.abort(error);
    throw error;
  }

  /** The body can't be completed. */
  abort(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#exchange.abort(error);
  }

  /** @throws UsageError */
  #checkOpen(): void {
    if (this.#closed) throw new UsageError("WriterClosed");
    if (this.#exchange.closed) throw tooLate();
  }

  /** @throws UsageError */
  #lengthOf(chunk: Uint8Array | string, given: boolean): number {
    if (typeof chunk === "string") return textLength(chunk);
    const length = chunk?.byteLength;
    if (length === undefined)
      throw new UsageError("InvalidBody", `wanted bytes or a string, got ${typeof chunk}`);
    // A reader has taken the buffer over, and so emptied the chunk: better no body than one that lacks it.
    if (length === 0 && given && lent.has(chunk.buffer)) throw new UsageError("ChunkTransferred");
    return length;
  }

  async #writeSlices(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      await this.#write(slice, slice.length);
    }
  }

  /** `chunk-size CRLF chunk-data CRLF`, or the data alone. */
  #write(chunk: string | Uint8Array, length: number, given = false): Promise<void> {
    if (given && typeof chunk !== "string") lent.add(chunk.buffer);
    if (this.#framing === "chunked") this.#exchange.write(`${length.toString(16)}\r\n`);
    this.#exchange.write(chunk, given);
    if (this.#framing === "chunked") this.#exchange.write("\r\n");
    return this.#exchange.connection.output.writable();
  }
}

/** The settled promise that everything done at once returns: no promise is made where nothing is awaited. */
export const RESOLVED: Promise<void> = Promise.resolve();

/** A rejection that does not end the process when the caller let go of the promise. */
export function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}

function mismatch(text: string): UsageError {
  return new UsageError("ContentLengthMismatch", text);
}

/** Buffers of chunks that may have been read, within this process, as the memory that they are. */
const lent = new WeakSet<ArrayBufferLike>();
