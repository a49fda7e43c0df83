import { soon } from "../socket/clock.ts";
import type { Socket } from "../socket/index.ts";
import { FrameWriter, type FrameWriterOptions } from "./frame-writer.ts";
import type { SendWatch } from "./send-watch.ts";

/** Written out before the turn ends, so that one busy turn can't pile up more than this unnoticed. */
const FLUSH_AT = 65_536;

/**
 * From messages to socket writes. What is sent in one turn goes out in as few writes as possible: at the end of
 * the chunk that is being read, else at the end of the turn.
 */
export class Transmitter {
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #watch: SendWatch;
  #corked = false;
  #flushQueued = false;
  #congested = false;
  #unsent = 0;

  constructor(socket: Socket, options: FrameWriterOptions, watch: SendWatch) {
    this.#socket = socket;
    this.#watch = watch;
    this.#writer = new FrameWriter(options);
  }

  /** Whether the socket asked to wait. */
  get congested(): boolean {
    return this.#congested;
  }

  /** Bytes of messages since the socket last took everything. */
  get unsent(): number {
    return this.#unsent;
  }

  text(message: string): void {
    this.#unsent += this.#writer.text(message);
    this.#written();
  }

  binary(message: Uint8Array): void {
    this.#unsent += this.#writer.binary(message);
    this.#written();
  }

  control(opcode: number, payload: Uint8Array): void {
    this.#writer.control(opcode, payload);
    this.#written();
  }

  close(code?: number, reason?: Uint8Array): void {
    this.#writer.close(code, reason);
    this.#written();
  }

  /** Until `uncork` only what is much is written. */
  cork(): void {
    this.#corked = true;
  }

  uncork(): void {
    this.#corked = false;
    this.flush();
  }

  flush(): void {
    const { output } = this.#writer;
    const { length } = output;
    if (length === 0) return; // nothing more is sent, whatever waits
    if (!output.drain(this.#socket)) this.#congested = true;
    if (this.#congested) this.#watch.wrote(length);
    if (!this.#congested) this.#unsent = 0;
  }

  /** The socket has sent what it held. */
  onDrain(): void {
    this.#congested = false;
    this.#unsent = 0;
    this.#watch.drained();
    this.flush();
  }

  #written(): void {
    if (this.#writer.output.length >= FLUSH_AT) {
      this.flush();
    } else if (!this.#corked && !this.#flushQueued) {
      this.#flushQueued = true;
      soon(() => {
        this.#flushQueued = false;
        this.flush();
      });
    }
  }
}
