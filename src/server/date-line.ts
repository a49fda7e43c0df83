import type { Clock } from "../socket/index.ts";
import type { Watchdog, Watched } from "./watchdog.ts";

/**
 * The `Date` field line (RFC 9110 section 6.6.1). The clock is asked once a sweep of the watchdog, which comes at
 * least once a second: asking it for each answer would cost 40 of a small request's 350 ns.
 */
export class DateLine {
  readonly #clock: Clock;
  readonly #watchdog: Watchdog<Watched>;
  #sweep = -1;
  #line = "";

  constructor(clock: Clock, watchdog: Watchdog<Watched>) {
    this.#clock = clock;
    this.#watchdog = watchdog;
  }

  get(): string {
    if (this.#sweep !== this.#watchdog.sweep) {
      this.#sweep = this.#watchdog.sweep;
      // toUTCString is IMF-fixdate by ECMA-262.
      this.#line = `Date: ${new Date(this.#clock.now()).toUTCString()}\r\n`;
    }
    return this.#line;
  }
}
