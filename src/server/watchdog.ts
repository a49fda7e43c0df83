import type { Clock } from "../socket/index.ts";

/** Something that may have waited for too long. */
export interface Watched {
  /** When its present waits end by the clock, and what it does about one that has passed. */
  checkDeadlines(now: number): void;
}

/**
 * One timer for all connections of a server: it sweeps them at a quarter of the shortest timeout and at
 * least once a second, so a timeout is never early and at most that much late, twice that where it counts from a sweep. The alternative, a timer for
 * each connection that is set and cleared with each request, costs more than the rest of a small request.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #watched = new Set<Watched>();
  #timer: unknown;
  /** Counts the sweeps, and the times that somebody came after there was nobody to sweep. */
  sweep = 0;

  constructor(clock: Clock, timeouts: readonly number[]) {
    this.#clock = clock;
    const shortest = Math.min(...timeouts.filter((ms) => ms > 0), 4000);
    this.#interval = Math.max(5, shortest / 4);
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer !== undefined) return;
    this.sweep++;
    this.#timer = this.#clock.setTimeout(this.#sweep, this.#interval);
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0 || this.#timer === undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #sweep = (): void => {
    this.#timer = undefined;
    this.sweep++;
    const now = this.#clock.now();
    for (const watched of this.#watched) watched.checkDeadlines(now);
    if (this.#watched.size > 0) this.#timer ??= this.#clock.setTimeout(this.#sweep, this.#interval);
  };
}
