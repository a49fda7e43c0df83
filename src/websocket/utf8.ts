/**
 * UTF-8 checked while it streams: feed it pieces of any size, and it says no at the first byte that can't be
 * part of well-formed UTF-8 (RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF).
 */
export class Utf8Validator {
  /** Continuation bytes that the open sequence still needs. */
  #missing = 0;
  /** The range that the next continuation byte has to be in. */
  #lower = 0x80;
  #upper = 0xbf;

  /** @returns false when the bytes so far are no beginning of any UTF-8 text. */
  push(bytes: Uint8Array): boolean {
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      if (this.#missing === 0) {
        while (
          at + 4 <= end &&
          ((bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!) & 0x80) === 0
        ) {
          at += 4;
        }
        if (at === end) break;
        const byte = bytes[at++]!;
        if (byte >= 0x80 && !this.#lead(byte)) return false;
      } else {
        const byte = bytes[at++]!;
        if (byte < this.#lower || byte > this.#upper) return false;
        this.#missing--;
        this.#lower = 0x80;
        this.#upper = 0xbf;
      }
    }
    return true;
  }

  /** Ends the text and makes the validator ready for the next. @returns false inside a sequence. */
  end(): boolean {
    const complete = this.#missing === 0;
    this.#missing = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
    return complete;
  }

  #lead(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#lower = 0xa0;
    else if (byte === 0xed) this.#upper = 0x9f;
    else if (byte === 0xf0) this.#lower = 0x90;
    else if (byte === 0xf4) this.#upper = 0x8f;
    return true;
  }
}
