import type { Clock } from "../socket/index.ts";

export interface KeepAliveOptions {
  readonly clock: Clock;
  /** Milliseconds without a byte from the peer before it is asked. */
  readonly intervalMs: number;
  /** Milliseconds that it then has to send anything. */
  readonly timeoutMs: number;
  readonly ask: () => void;
  readonly dead: () => void;
}

/** Asks a quiet peer whether it is there. Any byte from it is an answer, so a busy connection is never asked. */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #heard = false;
  #timer: unknown;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#waitForQuiet();
  }

  /** The peer sent something. */
  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }

  #waitForQuiet(): void {
    const { clock, intervalMs, timeoutMs, ask, dead } = this.#options;
    this.#heard = false;
    this.#timer = clock.setTimeout(() => {
      if (this.#heard) {
        this.#waitForQuiet();
        return;
      }
      ask();
      this.#timer = clock.setTimeout(() => (this.#heard ? this.#waitForQuiet() : dead()), timeoutMs);
    }, intervalMs);
  }
}
