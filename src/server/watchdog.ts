import type { Clock } from "../socket/index.ts";

/** Something that may have waited for too long. */
export interface Watched {
  /** When its present waits end by the clock, and what it does about one that has passed. */
  checkDeadlines(now: number): void;
}

/**
 * For so long, in milliseconds, a sweep may hold the loop: to end thousands of connections takes many times that, most
 * of it the kernel's for what their peers had sent or did not read. Then the loop is everybody's for as long again.
 */
const TURN_MS = 1;
/** Connections between two looks at the clock: each makes a number, and a crowd that idles is to make no garbage. */
const AT_A_TIME = 4;

/**
 * One timer for all connections of a server: it sweeps them at a quarter of the shortest timeout and at
 * least once a second, so a timeout is never early and at most that much late, twice that where it counts from a
 * sweep, and more where so many are due that a sweep takes turns. The alternative, a timer for
 * each connection that is set and cleared with each request, costs more than the rest of a small request.
 */
export class Watchdog<Of extends Watched> {
  readonly #clock: Clock;
  readonly #interval: number;
  /** Everybody who was added and not deleted. */
  readonly watched = new Set<Of>();
  /** Who is still to be looked at in the present sweep. */
  #left = this.watched.values();
  #timer: unknown;
  #dateLine = "";

  constructor(clock: Clock, timeouts: readonly number[]) {
    this.#clock = clock;
    const shortest = Math.min(...timeouts.filter((ms) => ms > 0), 4000);
    this.#interval = Math.max(5, shortest / 4);
  }

  /**
   * The `Date` field line (RFC 9110 section 6.6.1). The clock is asked once a sweep, which comes at least once a
   * second: asking it for each answer would cost 40 of a small request's 350 ns.
   */
  get dateLine(): string {
    // toUTCString is IMF-fixdate by ECMA-262.
    if (this.#dateLine === "") this.#dateLine = `Date: ${new Date(this.#clock.now()).toUTCString()}\r\n`;
    return this.#dateLine;
  }

  add(watched: Of): void {
    this.watched.add(watched);
    if (this.#timer !== undefined) return;
    this.#dateLine = "";
    this.#timer = this.#clock.setTimeout(this.#turn, this.#interval);
  }

  delete(watched: Of): void {
    this.watched.delete(watched);
    if (this.watched.size > 0) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    // An iterator that is not at its end holds on to everybody who was there when it last moved.
    this.#left = this.watched.values();
  }

  readonly #turn = (): void => {
    this.#timer = undefined;
    this.#dateLine = "";
    const swept = this.#sweep();
    if (this.watched.size > 0)
      this.#timer ??= this.#clock.setTimeout(this.#turn, swept ? this.#interval : TURN_MS);
  };

  /** @returns whether everybody was looked at */
  #sweep(): boolean {
    const began = this.#clock.now();
    let now = began;
    let looked = 0;
    for (const watched of this.#left) {
      watched.checkDeadlines(now);
      if (++looked % AT_A_TIME > 0) continue;
      now = this.#clock.now();
      if (now - began >= TURN_MS) return false;
    }
    this.#left = this.watched.values();
    return true;
  }
}
