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
  /** Of a long piece, what waits until the peer takes more. */
  #rest: Uint8Array = NONE;

  constructor(exchange: Exchange, framing: OutgoingFraming) {
    this.#exchange = exchange;
    this.#framing = framing;
    this.#left = typeof framing === "number" ? framing : Infinity;
  }

  /** Whether what is written goes anywhere. */
  get wanted(): boolean {
    return this.#framing !== "none" && !this.#exchange.closed;
  }

  /** @param given the chunk is lent to whoever reads it, see `Socket.write`. */
  write(chunk: Uint8Array | string, given = false): Promise<void> {
    try {
      this.#checkOpen();
      const length = this.#lengthOf(chunk, given);
      if (length === 0 || !this.wanted) return RESOLVED;
      if (length > this.#left) throw mismatch(`${length} bytes, wanted at most ${this.#left}`);
      this.#left -= length;
      void this.#writeRest(Infinity);
      if (typeof chunk !== "string" && length > SLICE_BYTES) return quiet(this.#writeSlices(chunk));
      return this.#write(chunk, length, given);
    } catch (error) {
      return rejected(error);
    }
  }

  close(trailers?: HeadersInput): Promise<void> {
    return quiet(this.#close(trailers));
  }

  async #close(trailers: HeadersInput | undefined): Promise<void> {
    this.#checkOpen();
    const section = trailerSection(trailers);
    void this.#writeRest(Infinity);
    this.#closed = true;
    if (this.#framing === "chunked") return this.#exchange.responseEnded("0\r\n", section);
    if (typeof this.#framing !== "number" || this.#left === 0) return this.#exchange.responseEnded();
    const error = mismatch(`${this.#left} bytes are missing`);
    this.#exchange.abort(error);
    throw error;
  }

  /** @throws UsageError */
  #checkOpen(): void {
    if (this.#closed) throw new UsageError("WriterClosed");
    if (this.#exchange.closed) throw tooLate();
  }

  /** @throws UsageError */
  #lengthOf(chunk: Uint8Array | string, given: boolean): number {
    if (typeof chunk === "string") return textLength(chunk);
    const length = bytesIn(chunk);
    // A reader has taken the buffer over, and so emptied the chunk: better no body than one that lacks it.
    if (length === 0 && given && lent.has(chunk.buffer)) throw new UsageError("ChunkTransferred");
    return length;
  }

  async #writeSlices(bytes: Uint8Array): Promise<void> {
    this.#rest = bytes;
    while (this.#rest.length > 0) await this.#writeRest(SLICE_BYTES);
  }

  /** @param most how much of it: all, where something else is written behind it and nobody waited */
  #writeRest(most: number): Promise<void> {
    const slice = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(most);
    return slice.length > 0 ? this.#write(slice, slice.length) : RESOLVED;
  }

  /** `chunk-size CRLF chunk-data CRLF`, or the data alone. */
  #write(chunk: string | Uint8Array, length: number, given = false): Promise<void> {
    const isText = typeof chunk === "string";
    if (given && !isText) lent.add(chunk.buffer);
    if (this.#framing === "chunked") this.#exchange.write(`${length.toString(16)}\r\n`);
    this.#exchange.write(chunk, given && !isText);
    if (this.#framing === "chunked") this.#exchange.write("\r\n");
    return this.#exchange.connection.output.writable();
  }
}

/** @throws UsageError `InvalidBody` for what is not bytes: no other view, as its elements are not bytes, or it has none */
export function bytesIn(chunk: Uint8Array): number {
  const length = chunk?.byteLength;
  if (length === undefined || length !== chunk.length)
    throw new UsageError("InvalidBody", `wanted a string or bytes, got ${typeof chunk}`);
  return length;
}

/** The settled promise that everything done at once returns: no promise is made where nothing is awaited. */
export const RESOLVED: Promise<void> = Promise.resolve();

/** A rejection that does not end the process when the caller let go of the promise. */
export function rejected(error: unknown): Promise<never> {
  return quiet(Promise.reject(error));
}

/** A promise that does not end the process when its caller let go of it and it rejects. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function mismatch(text: string): UsageError {
  return new UsageError("ContentLengthMismatch", text);
}

const NONE = new Uint8Array(0);

/** Buffers of chunks that may have been read, within this process, as the memory that they are. */
const lent = new WeakSet<ArrayBufferLike>();
