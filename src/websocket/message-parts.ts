import { WebSocketProtocolError } from "./errors.ts";
import { Utf8Validator } from "./utf8.ts";

/**
 * The payload of a message while it arrives: a list of pieces that stay where they are, joined once at the end.
 * Pieces below `SMALL` are gathered in blocks first, so that a message sent byte by byte costs its own size in
 * memory and not an object per byte. Text is checked piece by piece.
 */
const SMALL = 512;
const BLOCK = 8192;

/** Keeps a byte order mark, which belongs to the text here, and refuses what is not UTF-8. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws WebSocketProtocolError `InvalidUtf8` */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new WebSocketProtocolError("InvalidUtf8");
  }
}

export class MessageParts {
  readonly #limit: number;
  readonly #validator = new Utf8Validator();
  #isText = false;
  #parts: Uint8Array[] = [];
  #length = 0;
  /** The open block of small pieces: `#block[#from, #to)` is not in `#parts` yet. */
  #block: Uint8Array | undefined;
  #from = 0;
  #to = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  begin(isText: boolean): void {
    this.#isText = isText;
  }

  /**
   * Takes a piece; it must not change afterwards.
   * @throws WebSocketProtocolError `MessageTooLarge`, `InvalidUtf8`
   */
  add(piece: Uint8Array): void {
    // However the message is cut, what is said of it is what is wrong with it first.
    const allowed = piece.subarray(0, this.#limit - this.#length);
    if (this.#isText && !this.#validator.push(allowed)) throw new WebSocketProtocolError("InvalidUtf8");
    this.#length += piece.length;
    if (this.#length > this.#limit) throw new WebSocketProtocolError("MessageTooLarge");
    if (piece.length >= SMALL) {
      this.#seal();
      this.#parts.push(piece);
      return;
    }
    if (this.#block === undefined || this.#block.length - this.#to < piece.length) {
      this.#seal();
      this.#block = new Uint8Array(BLOCK);
      this.#from = this.#to = 0;
    }
    this.#block.set(piece, this.#to);
    this.#to += piece.length;
  }

  /** The message as text, and the parts are empty again. @throws WebSocketProtocolError `InvalidUtf8` */
  takeText(): string {
    if (!this.#validator.end()) throw new WebSocketProtocolError("InvalidUtf8");
    this.#seal();
    const only = this.#parts.length === 1 ? this.#parts[0]! : this.#join();
    this.#clear();
    return decodeText(only);
  }

  /** The message in a buffer of its own and exactly its size, and the parts are empty again. */
  takeBytes(): Uint8Array<ArrayBuffer> {
    this.#seal();
    const bytes = this.#join();
    this.#clear();
    return bytes;
  }

  #join(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #seal(): void {
    if (this.#block === undefined || this.#to === this.#from) return;
    this.#parts.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #clear(): void {
    this.#parts = [];
    this.#length = 0;
    this.#block = undefined;
    this.#from = this.#to = 0;
  }
}
