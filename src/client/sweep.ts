import type { Clock } from "../socket/index.ts";

/** Something that may have waited for too long. */
export interface Waiting {
  /** Its time is over. It is not swept again unless it is added again. */
  expire(): void;
}

/**
 * Ends what has waited for too long. One timer for all, which is set while something waits: setting and
 * clearing one with every request would cost more than all else that a pool does.
 */
export class Sweep {
  readonly #clock: Clock;
  readonly #deadlines = new Map<Waiting, number>();
  #timer: unknown;
  #timerAt = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Expires it after `ms` milliseconds. */
  add(waiting: Waiting, ms: number): void {
    const deadline = this.#clock.now() + ms;
    this.#deadlines.set(waiting, deadline);
    if (deadline < this.#timerAt) this.#setTimer(deadline, ms);
  }

  delete(waiting: Waiting): void {
    this.#deadlines.delete(waiting);
  }

  #setTimer(at: number, ms: number): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = this.#clock.setTimeout(this.#run, ms);
    // Node waits for a timer before it ends, unless it is told otherwise.
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  readonly #run = (): void => {
    this.#timer = undefined;
    this.#timerAt = Infinity;
    const now = this.#clock.now();
    let next = Infinity;
    for (const [waiting, deadline] of [...this.#deadlines]) {
      if (deadline > now) {
        next = Math.min(next, deadline);
      } else {
        this.#deadlines.delete(waiting);
        waiting.expire();
      }
    }
    if (next < this.#timerAt) this.#setTimer(next, next - now);
  };
}
