import type { Clock } from "../socket/index.ts";

/** The `Date` field line (RFC 9110 section 6.6.1), made anew once a second. */
export class DateLine {
  readonly #clock: Clock;
  #until = 0;
  #since = 0;
  #line = "";

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(): string {
    const now = this.#clock.now();
    if (now >= this.#until || now < this.#since) {
      this.#since = now - (now % 1000);
      this.#until = this.#since + 1000;
      // toUTCString is IMF-fixdate by ECMA-262.
      this.#line = `Date: ${new Date(now).toUTCString()}\r\n`;
    }
    return this.#line;
  }
}
