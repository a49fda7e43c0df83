import type { Clock } from "../../../socket/index.ts";
import type { FetchDescription, FirstBytes } from "../protocol.ts";
import type { Exchange } from "./exchange.ts";

interface Orphan {
  readonly exchange: Exchange;
  readonly print: string;
  readonly timer: unknown;
}

/**
 * Exchanges whose worker died before the browser had their answer. The browser dispatches such a fetch again,
 * to the next run of the worker, as it was: it is known by everything that the worker sees of it, and by the
 * begin of its body. Only what a dead run left is ever looked at, so equal fetches of a living one stay two.
 */
export class Orphans {
  readonly #clock: Clock;
  readonly #replayMs: number;
  readonly #orphans = new Set<Orphan>();

  constructor(clock: Clock, replayMs: number) {
    this.#clock = clock;
    this.#replayMs = replayMs;
  }

  /** Keeps it until it is claimed or, when nobody comes, aborts it. */
  add(exchange: Exchange, fetch: FetchDescription): void {
    const timer = this.#clock.setTimeout(() => {
      this.#orphans.delete(orphan);
      exchange.abort();
    }, this.#replayMs);
    const orphan: Orphan = { exchange, print: fingerprint(fetch), timer };
    this.#orphans.add(orphan);
  }

  /** The oldest one that the fetch can be. */
  claim(fetch: FetchDescription, body: FirstBytes | null): Exchange | undefined {
    if (this.#orphans.size === 0) return undefined;
    const print = fingerprint(fetch);
    for (const orphan of this.#orphans) {
      if (orphan.print !== print || !orphan.exchange.matches(body)) continue;
      this.#orphans.delete(orphan);
      this.#clock.clearTimeout(orphan.timer);
      return orphan.exchange;
    }
    return undefined;
  }

  /** Aborts them all. */
  clear(): void {
    for (const { exchange, timer } of [...this.#orphans]) {
      this.#clock.clearTimeout(timer);
      exchange.abort();
    }
    this.#orphans.clear();
  }
}

/** Equal for two dispatches of one fetch. */
export function fingerprint(fetch: FetchDescription): string {
  const { port, method, target, headers, referrer, mode, destination, credentials, client } = fetch;
  return JSON.stringify([port, method, target, headers, referrer, mode, destination, credentials, client]);
}
