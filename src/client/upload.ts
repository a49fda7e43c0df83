import type { Socket } from "../socket/index.ts";
import type { ByteReader } from "./body.ts";
import { ClientError } from "./errors.ts";

/** Longer pieces leave in slices, so that a cancelled upload of one huge chunk ends soon. */
const SLICE_BYTES = 1_048_576;

/** Sends one stream as a request's content, as quickly as the socket takes it and no quicker. */
export class Upload {
  readonly #reader: ByteReader;
  readonly #socket: Socket;
  readonly #chunked: boolean;
  #left: number;
  #ended = false;
  #drained: (() => void) | undefined;

  /** @param length of the content in octets, `undefined` for chunks */
  constructor(reader: ByteReader, length: number | undefined, socket: Socket) {
    this.#reader = reader;
    this.#socket = socket;
    this.#chunked = length === undefined;
    this.#left = length ?? Infinity;
  }

  /** Whether all is written, be it that a stream of a known length has not said that it ended. */
  get satisfied(): boolean {
    return this.#left === 0;
  }

  /** The socket can take more. */
  drained(): void {
    this.#drained?.();
  }

  /** Nobody wants the rest. */
  cancel(reason: unknown): void {
    this.#ended = true;
    this.drained();
    this.#reader.cancel(reason).catch(() => {}); // the source's trouble, and nobody is left to tell
  }

  /**
   * Resolves when all is written or nobody wants the rest.
   * @throws what the stream failed with; ClientError where it is not what its length says, or gives no bytes
   */
  async run(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (this.#ended) return;
      if (done) break;
      await this.#send(value);
    }
    if (this.#chunked) this.#socket.write("0\r\n\r\n");
    else if (this.#left > 0) throw mismatch(`${this.#left} bytes are missing`);
    this.#left = 0;
  }

  async #send(chunk: Uint8Array): Promise<void> {
    if (!(chunk instanceof Uint8Array)) {
      throw new ClientError("InvalidBody", `wanted a Uint8Array, got ${typeof chunk}`);
    }
    if (chunk.length > this.#left) throw mismatch(`${chunk.length} bytes, wanted at most ${this.#left}`);
    for (let at = 0; at < chunk.length && !this.#ended; at += SLICE_BYTES) {
      const slice = chunk.subarray(at, at + SLICE_BYTES);
      this.#left -= slice.length;
      if (this.#write(slice)) continue;
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
  }

  /** `chunk-size CRLF chunk-data CRLF`, or the data alone. */
  #write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (!this.#chunked) return socket.write(bytes);
    socket.cork?.();
    socket.write(`${bytes.length.toString(16)}\r\n`);
    socket.write(bytes);
    const room = socket.write("\r\n");
    socket.uncork?.();
    return room;
  }
}

function mismatch(text: string): ClientError {
  return new ClientError("ContentLengthMismatch", text);
}
