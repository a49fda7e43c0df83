import type { ExchangeConnection } from "./exchange.ts";

/** So long a client that ended its side may wait for an answer before it is taken to be gone. */
const DOUBT_MS = 100;

/**
 * A client that ended its side while its request was being served. TCP says the same of one that waits for the answer
 * and of one that is gone, until it is written to: a callback that takes its time has to know of the latter, so it
 * is told for both, and a client whose callback says nothing for as long as a client may take nothing is let go.
 */
export class HalfClosedClient {
  readonly #connection: ExchangeConnection;
  readonly #onDoubt: () => void;
  #timer: unknown;

  constructor(connection: ExchangeConnection, onDoubt: () => void) {
    this.#connection = connection;
    this.#onDoubt = onDoubt;
    this.#wait(DOUBT_MS, -1);
  }

  /** The request is answered, or the connection gone. */
  forget(): void {
    this.#connection.host.config.clock.clearTimeout(this.#timer);
  }

  /** @param written by the callback when the wait began */
  #wait(ms: number, written: number): void {
    const { host, output } = this.#connection;
    const { clock, timeouts } = host.config;
    if (ms === 0) return;
    this.#timer = clock.setTimeout(() => {
      if (output.volume === written) return this.#connection.destroy();
      this.#onDoubt();
      this.#wait(timeouts.writeStallMs, output.volume);
    }, ms);
  }
}
