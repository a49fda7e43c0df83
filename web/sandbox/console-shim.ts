/**
 * The worker's console, told to the host in batches. At most CONSOLE_CREDIT batches are under way; what does not
 * fit is counted and dropped, the oldest first, so that a program that logs without end costs the page a fixed effort
 * and its last words are there.
 */

import { formatAll, inspect } from "./inspect.ts";
import {
  BATCH_ENTRIES,
  CONSOLE_CREDIT,
  type ConsoleEntry,
  type ConsoleLevel,
  ENTRY_CHARACTERS,
  type Report,
} from "./protocol.ts";

const FLUSH_MS = 16;

export class ConsoleShim {
  readonly #post: (report: Report) => void;
  readonly #setTimeout = setTimeout;
  #credit = CONSOLE_CREDIT;
  #entries: ConsoleEntry[] = [];
  #dropped = 0;
  #waiting = false;

  constructor(post: (report: Report) => void) {
    this.#post = post;
  }

  /** Replaces the methods of the platform's console. */
  install(): void {
    const counts = new Map<string, number>();
    const timers = new Map<string, number>();
    const log =
      (level: ConsoleLevel) =>
      (...values: unknown[]) =>
        this.write(level, values);
    Object.assign(console, {
      log: log("log"),
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
      debug: log("debug"),
      trace: log("log"),
      group: log("log"),
      groupEnd: () => {},
      clear: () => {},
      dir: (value: unknown) => this.write("log", [inspect(value)]),
      table: (value: unknown) => this.write("log", [inspect(value)]),
      assert: (held: unknown, ...values: unknown[]) =>
        held || this.write("error", ["Assertion failed:", ...values]),
      count: (label = "default") => {
        counts.set(label, (counts.get(label) ?? 0) + 1);
        this.write("log", [`${label}: ${counts.get(label)}`]);
      },
      time: (label = "default") => void timers.set(label, performance.now()),
      timeEnd: (label = "default") => {
        const since = timers.get(label);
        if (since !== undefined)
          this.write("log", [`${label}: ${(performance.now() - since).toFixed(1)} ms`]);
      },
    });
  }

  write(level: ConsoleLevel, values: readonly unknown[]): void {
    if (this.#entries.length >= BATCH_ENTRIES) this.#flush();
    if (this.#entries.length >= BATCH_ENTRIES) {
      this.#entries.shift();
      this.#dropped++;
    }
    this.#entries.push({ level, text: formatAll(values).slice(0, ENTRY_CHARACTERS) });
    if (this.#waiting) return;
    this.#waiting = true;
    this.#setTimeout.call(
      globalThis,
      () => {
        this.#waiting = false;
        this.#flush();
      },
      FLUSH_MS,
    );
  }

  /** The host has room for one more batch. */
  credit(): void {
    this.#credit++;
    this.#flush();
  }

  #flush(): void {
    if (this.#credit === 0 || (this.#entries.length === 0 && this.#dropped === 0)) return;
    this.#credit--;
    this.#post({ type: "console", entries: this.#entries, dropped: this.#dropped });
    this.#entries = [];
    this.#dropped = 0;
  }
}
