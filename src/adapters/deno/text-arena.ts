const arenaBytes = 65_536;

const encoder = new TextEncoder();

/**
 * Encodes texts one after the other into shared memory, so that a small response costs no allocation of its
 * own. No byte is written twice: what was handed out stays as it is until its last user lets go of it, so a text that
 * comes again at once, as an answer often does, is not encoded again.
 */
export class TextArena {
  #room = new Uint8Array(arenaBytes);
  #used = 0;
  #lastText = "";
  #lastBytes = this.#room.subarray(0, 0);

  encode(text: string): Uint8Array {
    if (text === this.#lastText) return this.#lastBytes;
    const most = text.length * 3; // a UTF-16 unit takes three bytes of UTF-8 at most
    if (most > arenaBytes / 4) return encoder.encode(text);
    if (most > arenaBytes - this.#used) {
      this.#room = new Uint8Array(arenaBytes);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += encoder.encodeInto(text, this.#room.subarray(from)).written;
    this.#lastText = text;
    this.#lastBytes = this.#room.subarray(from, this.#used);
    return this.#lastBytes;
  }
}
