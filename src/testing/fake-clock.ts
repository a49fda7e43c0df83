import type { Clock } from "../socket/index.ts";
import { settled } from "./turn.ts";

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that a test holds: it stands still until `advance`.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, VirtualNetwork } from "portico";
 * import { FakeClock, WireClient } from "portico/testing";
 *
 * const network = new VirtualNetwork();
 * const clock = new FakeClock();
 * const server = new AsyncHttpServer({ network, clock, timeouts: { headersMs: 5000 } });
 * void server.serve(8080, (request) => request.respond(200));
 * const client = await WireClient.connect(network, { host: "localhost", port: 8080 });
 * await client.send("GET / HT"); // half a request line
 * await clock.advance(5000);
 * await client.read("\r\n"); // "HTTP/1.1 408 Request Timeout\r\n"
 * ```
 */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;
  #made = 0;

  /** @param now milliseconds since the Unix epoch at the start. Default 2024-01-01T00:00:00Z. */
  constructor(now: number = Date.UTC(2024, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const timer: Timer = { due: this.#now + Math.max(0, ms), order: this.#made++, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  /** Timers that are set and neither ran nor were cleared. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer is due, `undefined` without one. */
  get nextIn(): number | undefined {
    const next = this.#next();
    return next && Math.max(0, next.due - this.#now);
  }

  /**
   * Lets `ms` milliseconds pass: every timer that comes due runs at its own time, in order, those that others
   * set on the way too, and what it set in motion (promises, messages, sockets) runs before the next one does.
   * What was in motion before the call runs first.
   */
  async advance(ms: number): Promise<void> {
    await settled();
    const end = this.#now + ms;
    for (let timer = this.#next(); timer && timer.due <= end; timer = this.#next()) {
      this.#now = Math.max(this.#now, timer.due);
      this.#timers.delete(timer);
      timer.callback();
      await settled();
    }
    this.#now = Math.max(this.#now, end);
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
