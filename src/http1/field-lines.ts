import { equalsIgnoringCase, latin1 } from "./octets.ts";

/**
 * The field lines of one message as they arrived: octets and where each name and value begins and ends.
 * They become strings when somebody asks. Holds on to the chunk that they came in.
 */
export class FieldLines {
  readonly #bytes: Uint8Array;
  /** Four numbers a line: start and end of the name, start and end of the value. */
  readonly #offsets: readonly number[];

  constructor(bytes: Uint8Array, offsets: readonly number[]) {
    this.#bytes = bytes;
    this.#offsets = offsets;
  }

  get count(): number {
    return this.#offsets.length >> 2;
  }

  name(index: number): string {
    return latin1(this.#bytes, this.#offsets[index * 4]!, this.#offsets[index * 4 + 1]!);
  }

  value(index: number): string {
    return latin1(this.#bytes, this.#offsets[index * 4 + 2]!, this.#offsets[index * 4 + 3]!);
  }

  /** Index of the next line of that name (lower case) at or after `from`, or -1. */
  find(lowerName: string, from = 0): number {
    const offsets = this.#offsets;
    for (let at = from * 4; at < offsets.length; at += 4) {
      if (equalsIgnoringCase(this.#bytes, offsets[at]!, offsets[at + 1]!, lowerName)) return at >> 2;
    }
    return -1;
  }
}
