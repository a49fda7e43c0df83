import type { Clock } from "../socket/index.ts";
import { Stepping } from "./stepping.ts";
import { settled } from "./turn.ts";
import { WaitFailed } from "./wake-up.ts";

/** Longer than whatever a network's slowness is tested with. */
const DAY_MS = 86_400_000;
/** So long, by the platform's time, nothing may be set on the clock before what is waited for is given up. */
const STILL_MS = 1000;

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
   * set on the way too, and what it set in motion (promises, messages, sockets, timers of the platform that are due) runs
   * before the next one does. What was in motion before the call runs first.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#pass(() => this.#dueBy(end));
    this.#now = Math.max(this.#now, end);
  }

  /**
   * Lets time pass until `promise` settles, and no longer.
   *
   * @param withinMs of this clock. Default a day.
   * @returns what the promise resolves with; it rejects as the promise does.
   * @throws WaitFailed when so much time has passed, or no timer is left that the promise could wait for.
   * @example
   * ```ts
   * import { AsyncHttpServer, createFetch, VirtualNetwork } from "portico";
   * import { FakeClock } from "portico/testing";
   *
   * const clock = new FakeClock();
   * const network = new VirtualNetwork({ clock, latencyMs: 100, bytesPerSecond: 1000 });
   * const timeouts = { writeStallMs: 0 }; // else the server gives so slow a reader up
   * const server = new AsyncHttpServer({ network, clock, timeouts });
   * void server.serve(80, (request) => request.respond(200, new Uint8Array(3_600_000)));
   * const fetch = createFetch(network, { clock });
   *
   * const started = clock.now();
   * const response = await clock.until(fetch("http://localhost/"));
   * const { byteLength } = await clock.until(response.arrayBuffer());
   * console.log(byteLength, clock.now() - started > 3_600_000); // 3600000 true
   * ```
   */
  async until<T>(promise: Promise<T>, { withinMs = DAY_MS }: { withinMs?: number } = {}): Promise<T> {
    const end = this.#now + withinMs;
    let pending = true;
    const settles = () => {
      pending = false;
    };
    promise.then(settles, settles);
    const next = () => (pending ? this.#dueBy(end) : undefined);
    // More than one look: files and other threads take time of the platform's.
    let since = performance.now();
    while (pending && (this.nextIn ?? 0) <= end - this.#now && performance.now() - since < STILL_MS) {
      if (this.nextIn !== undefined) since = performance.now();
      await this.#pass(next);
    }
    if (!pending) return promise;
    const why = this.nextIn === undefined ? "no timer is left" : `the next timer is due in ${this.nextIn} ms`;
    throw new WaitFailed(`Not settled within ${withinMs} ms: ${why}`);
  }

  /** Runs timers for as long as there is a next one. */
  async #pass(next: () => Timer | undefined): Promise<void> {
    await settled();
    const stepping = new Stepping();
    try {
      for (let timer = next(); timer; timer = next()) {
        this.#now = Math.max(this.#now, timer.due);
        this.#timers.delete(timer);
        timer.callback();
        await stepping.step();
      }
    } finally {
      stepping.stop();
    }
    if (stepping.hurried) await settled();
  }

  #dueBy(end: number): Timer | undefined {
    const next = this.#next();
    return next && next.due <= end ? next : undefined;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
