/** The first bytes of a stream, in one buffer that grows; all stores together have a budget. */

const MAX_PER_STREAM = 4 * 1024 * 1024;
const MAX_TOTAL = 64 * 1024 * 1024;
const EMPTY = new Uint8Array(0);

let total = 0;
let generation = 0;

export class ByteStore {
  #buffer: Uint8Array = EMPTY;
  #length = 0;
  #full = false;
  readonly #generation = generation;

  /** What is in the stores of before counts no more: they are about to be let go of. */
  static forgetAll(): void {
    total = 0;
    generation++;
  }

  /** Its bytes count no more: it is about to be let go of. */
  forget(): void {
    if (this.#generation === generation) total -= this.#length;
  }

  /** @returns whether they were kept; once some were not, no more are. */
  append(bytes: Uint8Array): boolean {
    const counted = this.#generation === generation;
    const room = Math.min(
      MAX_PER_STREAM - this.#length,
      counted ? MAX_TOTAL - total : Number.POSITIVE_INFINITY,
    );
    if (this.#full || bytes.length > room) {
      this.#full = true;
      return false;
    }
    if (this.#length + bytes.length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(1024, 2 * (this.#length + bytes.length)));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    if (counted) total += bytes.length;
    return true;
  }

  /** What is kept of a stretch. */
  slice(from: number, to: number): Uint8Array {
    return this.#buffer.subarray(Math.min(from, this.#length), Math.min(to, this.#length));
  }
}
