import type { NextChunk } from "./body.ts";
import { ClientError } from "./errors.ts";
import type { RequestFraming } from "./request-writer.ts";

/** What a connection does for the stream that it sends. */
export interface UploadSink {
  /** Queues bytes. False: wait for `drained`. */
  write(data: Uint8Array | string): boolean;
  /** All of the body is written. */
  uploadEnded(): void;
  /** The stream failed, or is not what its length says: the request can't be made whole. */
  uploadFailed(error: unknown): void;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Chunks up to this many bytes are copied into one write with their framing. */
const MAX_JOINED = 16_384;
/** Longer pieces leave in slices, so that a cancelled upload of one huge chunk ends soon. */
const SLICE_BYTES = 1_048_576;

/** Sends one stream as a request's content, as quickly as the socket takes it and no quicker. */
export class Upload {
  readonly #reader: Reader;
  readonly #sink: UploadSink;
  readonly #chunked: boolean;
  #left: number;
  #state: "running" | "ended" = "running";
  #drained: (() => void) | undefined;

  constructor(reader: Reader, framing: RequestFraming, sink: UploadSink) {
    this.#reader = reader;
    this.#sink = sink;
    this.#chunked = framing === "chunked";
    this.#left = typeof framing === "number" ? framing : Number.POSITIVE_INFINITY;
  }

  /** Whether a whole body of a known length is written, be it that the stream has not said that it ended. */
  get satisfied(): boolean {
    return this.#left === 0;
  }

  /**
   * @param begun what was read of the stream before
   * @param next a read that is under way
   */
  start(begun: readonly Uint8Array[] = [], next?: NextChunk): this {
    void this.#run(begun, next);
    return this;
  }

  /** The socket can take more. */
  drained(): void {
    const resume = this.#drained;
    this.#drained = undefined;
    resume?.();
  }

  /** Nobody wants the rest. */
  cancel(reason: unknown): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.drained();
    this.#reader.cancel(reason).catch(() => {}); // the source's trouble, and nobody is left to tell
  }

  async #run(begun: readonly Uint8Array[], pending: NextChunk | undefined): Promise<void> {
    let next = pending;
    try {
      await undefined; // who starts it has to have it before it tells of anything
      for (const chunk of begun) await this.#send(chunk);
      for (;;) {
        const { done, value } = await (next ?? this.#reader.read());
        next = undefined;
        if (this.#state === "ended") return;
        if (done) break;
        await this.#send(value);
      }
      this.#finish();
    } catch (error) {
      if (this.#state === "ended") return;
      this.cancel(error);
      this.#sink.uploadFailed(error);
    }
  }

  async #send(chunk: Uint8Array): Promise<void> {
    if (!(chunk instanceof Uint8Array)) {
      throw new ClientError(
        "InvalidBody",
        `a request body's stream must give Uint8Arrays, got ${typeof chunk}`,
      );
    }
    if (chunk.length > this.#left) {
      throw new ClientError(
        "ContentLengthMismatch",
        `${chunk.length} bytes of body, wanted at most ${this.#left} more`,
      );
    }
    this.#left -= chunk.length;
    for (let at = 0; at < chunk.length && this.#state === "running"; at += SLICE_BYTES) {
      const room = this.#write(
        at === 0 && chunk.length <= SLICE_BYTES ? chunk : chunk.subarray(at, at + SLICE_BYTES),
      );
      if (!room && this.#state === "running") await this.#whenDrained();
    }
  }

  #write(bytes: Uint8Array): boolean {
    if (!this.#chunked) return this.#sink.write(bytes);
    const size = `${bytes.length.toString(16)}\r\n`;
    if (bytes.length <= MAX_JOINED) return this.#sink.write(frame(size, bytes));
    this.#sink.write(size);
    this.#sink.write(bytes);
    return this.#sink.write("\r\n");
  }

  #finish(): void {
    if (!this.#chunked && this.#left > 0) {
      throw new ClientError(
        "ContentLengthMismatch",
        `the body ended ${this.#left} bytes before its Content-Length`,
      );
    }
    this.#state = "ended";
    if (this.#chunked) this.#sink.write("0\r\n\r\n");
    this.#sink.uploadEnded();
  }

  #whenDrained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }
}

/** `chunk-size CRLF chunk-data CRLF`. */
function frame(size: string, bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(size.length + bytes.length + 2);
  for (let i = 0; i < size.length; i++) framed[i] = size.charCodeAt(i);
  framed.set(bytes, size.length);
  framed[framed.length - 2] = 13;
  framed[framed.length - 1] = 10;
  return framed;
}
