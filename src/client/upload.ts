import type { Socket } from "../socket/index.ts";
import type { NextChunk } from "./body.ts";
import { ClientError } from "./errors.ts";
import type { RequestFraming } from "./request-writer.ts";

/** Who sends the stream. */
export interface UploadOwner {
  /** All of the body is written. */
  uploadEnded(): void;
  /** The stream failed, or is not what its length says: the request can't be made whole. */
  uploadFailed(error: unknown): void;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Longer pieces leave in slices, so that a cancelled upload of one huge chunk ends soon. */
const SLICE_BYTES = 1_048_576;

/** Sends one stream as a request's content, as quickly as the socket takes it and no quicker. */
export class Upload {
  readonly #reader: Reader;
  readonly #socket: Socket;
  readonly #owner: UploadOwner;
  readonly #chunked: boolean;
  #left: number;
  #ended = false;
  #drained: (() => void) | undefined;

  constructor(reader: Reader, framing: RequestFraming, socket: Socket, owner: UploadOwner) {
    this.#reader = reader;
    this.#socket = socket;
    this.#owner = owner;
    this.#chunked = framing === "chunked";
    this.#left = typeof framing === "number" ? framing : Infinity;
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
    if (this.#ended) return;
    this.#ended = true;
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
        if (this.#ended) return;
        if (done) break;
        await this.#send(value);
      }
      this.#finish();
    } catch (error) {
      if (this.#ended) return;
      this.cancel(error);
      this.#owner.uploadFailed(error);
    }
  }

  async #send(chunk: Uint8Array): Promise<void> {
    if (!(chunk instanceof Uint8Array)) {
      throw new ClientError("InvalidBody", `wanted a Uint8Array, got ${typeof chunk}`);
    }
    if (chunk.length > this.#left) throw mismatch(`${chunk.length} bytes, wanted at most ${this.#left}`);
    this.#left -= chunk.length;
    for (let at = 0; at < chunk.length && !this.#ended; at += SLICE_BYTES) {
      const room = this.#write(chunk.length <= SLICE_BYTES ? chunk : chunk.subarray(at, at + SLICE_BYTES));
      if (!room && !this.#ended) await this.#whenDrained();
    }
  }

  /** `chunk-size CRLF chunk-data CRLF`, or the data alone. */
  #write(bytes: Uint8Array): boolean {
    if (!this.#chunked) return this.#socket.write(bytes);
    this.#socket.cork?.();
    this.#socket.write(`${bytes.length.toString(16)}\r\n`);
    this.#socket.write(bytes);
    const room = this.#socket.write("\r\n");
    this.#socket.uncork?.();
    return room;
  }

  #finish(): void {
    if (!this.#chunked && this.#left > 0) {
      throw mismatch(`${this.#left} bytes are missing`);
    }
    this.#ended = true;
    if (this.#chunked) this.#socket.write("0\r\n\r\n");
    this.#owner.uploadEnded();
  }

  #whenDrained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }
}

function mismatch(text: string): ClientError {
  return new ClientError("ContentLengthMismatch", text);
}
