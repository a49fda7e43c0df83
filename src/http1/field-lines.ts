import { equalsIgnoringCase, latin1 } from "./octets.ts";

/**
 * The field lines of one message as they arrived: octets and where each name and value begins and ends.
 * They become strings when somebody asks, and once. Holds on to the chunk that they came in.
 */
export class FieldLines {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  /** Four numbers a line, from `#base`: start and end of the name, start and end of the value. */
  readonly #offsets: readonly number[];
  #texts: (string | undefined)[] | undefined;

  constructor(bytes: Uint8Array, base: number, offsets: readonly number[]) {
    this.#bytes = bytes;
    this.#base = base;
    this.#offsets = offsets;
  }

  get count(): number {
    return this.#offsets.length >> 2;
  }

  nameLength(index: number): number {
    return this.#offsets[index * 4 + 1]! - this.#offsets[index * 4]!;
  }

  name(index: number): string {
    return this.#text(index * 4);
  }

  value(index: number): string {
    return this.#text(index * 4 + 2);
  }

  /** Calls with the octets of the line's value, for checks that need no string. */
  testValue(index: number, test: (bytes: Uint8Array, start: number, end: number) => boolean): boolean {
    const at = index * 4 + 2;
    return test(this.#bytes, this.#base + this.#offsets[at]!, this.#base + this.#offsets[at + 1]!);
  }

  /** Whether the line's name is `lowerName`, in any case. */
  isNamed(index: number, lowerName: string): boolean {
    const start = this.#base + this.#offsets[index * 4]!;
    return equalsIgnoringCase(this.#bytes, start, this.#base + this.#offsets[index * 4 + 1]!, lowerName);
  }

  /** Index of the next line of that name (lower case) at or after `from`, or -1. */
  find(lowerName: string, from = 0): number {
    for (let index = from; index < this.count; index++) {
      if (this.nameLength(index) === lowerName.length && this.isNamed(index, lowerName)) return index;
    }
    return -1;
  }

  #text(at: number): string {
    this.#texts ??= new Array(this.#offsets.length >> 1);
    this.#texts[at >> 1] ??= latin1(
      this.#bytes,
      this.#base + this.#offsets[at]!,
      this.#base + this.#offsets[at + 1]!,
    );
    return this.#texts[at >> 1]!;
  }
}
