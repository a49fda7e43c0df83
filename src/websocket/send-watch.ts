import type { Clock, Socket } from "../socket/index.ts";

export interface SendLimits {
  readonly clock: Clock;
  readonly maxUnsentBytes: number;
  readonly sendTimeoutMs: number;
}

/**
 * Bytes taken by the peer that restart the timeout. A kernel that is short of memory takes pieces of about 64 KiB for
 * who never reads, each time that others are gone.
 */
const PROGRESS = 131_072;

/** Bounds what waits for a peer that does not read, and for how long. It costs nothing while the socket takes all. */
export class SendWatch {
  readonly #socket: Socket;
  readonly #limits: SendLimits;
  readonly #drop: (error: Error) => void;
  #timer: unknown;
  /** Bytes written since the socket first wanted us to wait; `undefined` while it does not. */
  #written: number | undefined;
  /** Bytes that it had taken then, and when the timeout last began. */
  #base = 0;
  #mark = 0;
  #stopped = false;

  /** @param drop ends the connection */
  constructor(socket: Socket, limits: SendLimits, drop: (error: Error) => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#drop = drop;
  }

  /** These bytes went to a socket that wants us to wait. */
  wrote(bytes: number): void {
    if (this.#stopped) return;
    const taken = this.#taken();
    if (this.#written === undefined) {
      this.#written = 0;
      this.#base = taken;
      this.#wait(taken);
    } else if (this.#written - (taken - this.#base) > this.#limits.maxUnsentBytes) {
      this.#drop(
        new Error(`more was sent while over ${this.#limits.maxUnsentBytes} bytes waited for the peer`),
      );
    }
    this.#written += bytes;
  }

  /** The socket has taken everything. */
  drained(): void {
    this.#written = undefined;
    this.#limits.clock.clearTimeout(this.#timer);
  }

  /** The socket is gone: what is written to it yet, from a turn that had begun, waits for nobody. */
  stop(): void {
    this.#stopped = true;
    this.drained();
  }

  #taken(): number {
    return this.#socket.bytesTaken ?? 0;
  }

  #wait(taken: number): void {
    const { clock, sendTimeoutMs } = this.#limits;
    if (sendTimeoutMs === 0) return;
    this.#mark = taken;
    this.#timer = clock.setTimeout(() => {
      const now = this.#taken();
      if (now - this.#mark >= PROGRESS) this.#wait(now);
      else this.#drop(new Error(`the peer took too little of what waits for it in ${sendTimeoutMs} ms`));
    }, sendTimeoutMs);
  }
}
