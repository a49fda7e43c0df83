import type { HeadersInput } from "../http1/headers.ts";
import { type OutgoingFraming, trailerSection } from "../http1/response-writer.ts";
import { UsageError } from "./errors.ts";
import { textLength } from "./text.ts";
import type { BodyWriter } from "./types.ts";

/** What a connection does for the body that is being written to it. */
export interface BodySink {
  /**
   * Queues text, which leaves as UTF-8, or bytes, with what else is ready at this moment.
   * @param given the bytes are lent to whoever reads them, see `Socket.write`
   */
  write(data: string | Uint8Array, given?: boolean): void;
  /** Resolves when the peer can take more; rejects when it is gone. */
  writable(): Promise<void>;
  readonly closed: boolean;
  /** The response is whole, with up to two last pieces. */
  responseEnded(last?: string | Uint8Array, veryLast?: string | Uint8Array): void;
  /** The response can't be made whole: cut the connection, so that the peer can tell. */
  abort(error?: unknown): void;
}

/** Longer pieces leave in slices with a wait between them, so that a stalled reader is told from a slow one. */
export const SLICE_BYTES = 1_048_576;

/** The body of a response in one of its framings. `"none"` takes what it is given and sends nothing. */
export class OutgoingBody implements BodyWriter {
  readonly #sink: BodySink;
  readonly #framing: OutgoingFraming;
  #left: number;
  #closed = false;

  constructor(sink: BodySink, framing: OutgoingFraming) {
    this.#sink = sink;
    this.#framing = framing;
    this.#left = typeof framing === "number" ? framing : Infinity;
  }

  /** Whether what is written goes anywhere. */
  get wanted(): boolean {
    return this.#framing !== "none";
  }

  /** @param given the chunk is lent to whoever reads it, see `Socket.write`. */
  write(chunk: Uint8Array | string, given = false): Promise<void> {
    if (this.#closed) return rejected(new UsageError("WriterClosed"));
    if (this.#sink.closed) return rejected(connectionClosed());
    const length = typeof chunk === "string" ? textLength(chunk) : chunk?.byteLength;
    if (length === undefined) return rejected(invalidChunk(chunk));
    if (length === 0 && given && lent.has((chunk as Uint8Array).buffer)) return rejected(transferred());
    if (length === 0 || this.#framing === "none") return RESOLVED;
    if (length > this.#left) return rejected(mismatch(`${length} bytes, wanted at most ${this.#left}`));
    this.#left -= length;
    if (typeof chunk !== "string" && length > SLICE_BYTES) return this.#writeSlices(chunk);
    this.#write(chunk, length, given);
    return this.#sink.writable();
  }

  async close(trailers?: HeadersInput): Promise<void> {
    if (this.#closed) throw new UsageError("WriterClosed");
    if (this.#sink.closed) throw connectionClosed();
    const section = trailerSection(trailers);
    this.#closed = true;
    if (this.#framing === "chunked") return this.#sink.responseEnded("0\r\n", section);
    if (typeof this.#framing === "number" && this.#left > 0) {
      const error = mismatch(`${this.#left} bytes are missing`);
      this.#sink.abort(error);
      throw error;
    }
    this.#sink.responseEnded();
  }

  /** The body can't be completed. */
  abort(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink.abort(error);
  }

  async #writeSlices(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      this.#write(slice, slice.length);
      await this.#sink.writable();
    }
  }

  /** `chunk-size CRLF chunk-data CRLF`, or the data alone. */
  #write(chunk: string | Uint8Array, length: number, given = false): void {
    if (given && typeof chunk !== "string") lent.add(chunk.buffer);
    if (this.#framing === "chunked") this.#sink.write(`${length.toString(16)}\r\n`);
    this.#sink.write(chunk, given);
    if (this.#framing === "chunked") this.#sink.write("\r\n");
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

export function connectionClosed(): UsageError {
  return new UsageError("ConnectionClosed");
}

function mismatch(text: string): UsageError {
  return new UsageError("ContentLengthMismatch", text);
}

/** Buffers of chunks that may have been read, within this process, as the memory that they are. */
const lent = new WeakSet<ArrayBufferLike>();

/** A reader has taken the buffer over, and so emptied the chunk: better no body than one that lacks it. */
function transferred(): UsageError {
  return new UsageError("ChunkTransferred");
}

function invalidChunk(chunk: unknown): UsageError {
  return new UsageError("InvalidBody", `wanted bytes or a string, got ${typeof chunk}`);
}
