import type { Coverage } from "./engine.ts";

type Counters = Record<string, number>;

/** What Istanbul's instrumentation keeps of one file: statements, functions, and the ways of each branch. */
interface FileCoverage {
  readonly s: Counters;
  readonly f: Counters;
  readonly b: Record<string, number[]>;
}

/** Places that were reached, by how often, over the counters that instrumented files keep in one global object. */
export class IstanbulCoverage implements Coverage {
  readonly #all: Record<string, FileCoverage>;
  /** By counter: a bit for each bucket that was seen. */
  readonly #seen: Uint8Array[] = [];
  #rows: (Counters | number[])[] = [];
  #files = 0;
  places = 0;

  constructor(variable: string) {
    const globals = globalThis as unknown as Record<string, Record<string, FileCoverage>>;
    globals[variable] ??= {};
    this.#all = globals[variable];
  }

  harvest(): number {
    this.#find();
    let fresh = 0;
    for (let row = 0; row < this.#rows.length; row++) {
      const counters = this.#rows[row]! as number[];
      const seen = this.#seen[row]!;
      for (let i = 0; i < seen.length; i++) {
        const count = counters[i] ?? 0;
        if (count === 0) continue;
        counters[i] = 0;
        const bit = 1 << bucket(count);
        if ((seen[i]! & bit) !== 0) continue;
        if (seen[i] === 0) this.places++;
        seen[i]! |= bit;
        fresh++;
      }
    }
    return fresh;
  }

  /** Files come when they are first loaded. */
  #find(): void {
    const files = Object.values(this.#all);
    if (files.length === this.#files) return;
    this.#files = files.length;
    this.#rows = files.flatMap(({ s, f, b }) => [s, f, ...Object.values(b)]);
    for (const row of this.#rows.slice(this.#seen.length))
      this.#seen.push(new Uint8Array(Object.keys(row).length));
  }
}

function bucket(count: number): number {
  if (count < 4) return count - 1;
  return count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7;
}
