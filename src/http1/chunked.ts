import type { ByteSource } from "./byte-source.ts";
import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { FieldSection } from "./field-section.ts";
import type { Limits } from "./limits.ts";
import { latin1 } from "./octets.ts";

/**
 * `chunk-size [ chunk-ext ]` with
 * `chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )` (RFC 9112 section 7.1.1).
 * 53 bits are 14 digits; zeros in front of them are taken up to the width of 64 bits and no further.
 */
const SIZE_LINE =
  /^([\da-f]{1,16})(?:[\t ]*;[\t ]*[\w!#$%&'*+.^`|~-]+(?:[\t ]*=[\t ]*(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*"))?)*$/i;
const MAX_SIZE_DIGITS = 16;
const TOO_LARGE = "ChunkExtensionsTooLarge";

/** Chunks of at most so many octets are handed out together, up to `ROOM` octets. */
const SMALL = 512;
const ROOM = 4096;

const CR = 13;
const LF = 10;

/**
 * Reads a chunked body (RFC 9112 section 7.1):
 * `*chunk last-chunk trailer-section CRLF`, `chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF`.
 *
 * Strategy: data is handed out as views of what arrived, as soon as it arrives; small chunks that came together are
 * copied into one piece, as a piece costs its reader more. Extensions are checked against their whole grammar and
 * dropped; how many octets they may take is bounded over the body, not for a line. Lines end in CRLF only: the
 * permission to take a bare LF does not cover chunk lines.
 */
export class ChunkedBody {
  readonly #limits: Limits;
  /** There once the last chunk was. */
  #trailerSection: FieldSection | undefined;
  /** Octets of the chunk that have not come. */
  #left = 0;
  /** Whether the CRLF behind a chunk's data is next. */
  #endsData = false;
  #dataBytes = 0;
  #extensionBytes = 0;
  /** The trailer section, once the body was read to its end. */
  trailers: FieldLines | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @returns the next octets of data, `"end"`, or `"need-more"`. */
  read(source: ByteSource): Uint8Array | "end" | "need-more" {
    while (this.#trailerSection === undefined) {
      if (!source.begin()) return "need-more";
      if (this.#left > 0) return this.#readData(source);
      if (!(this.#endsData ? this.#readDataEnd(source) : this.#readSize(source))) return "need-more";
    }
    this.trailers = this.#trailerSection.read(source);
    if (this.trailers === undefined) return "need-more";
    source.mark = source.pos;
    return "end";
  }

  #readData(source: ByteSource): Uint8Array {
    const data = source.take(this.#left) as Uint8Array;
    this.#left -= data.length;
    this.#dataBytes += data.length;
    // Said early where some of it is to come: that is asked for first.
    this.#endsData = true;
    return data.length < SMALL ? this.#withNext(data, source) : data;
  }

  /** With the data of the small chunks that follow it whole and have no extension; others are read as ever. */
  #withNext(first: Uint8Array, source: ByteSource): Uint8Array {
    const { bytes, end } = source;
    let room: Uint8Array | undefined;
    let length = first.length;
    for (;;) {
      let i = source.pos;
      if (bytes[i++] !== CR || bytes[i++] !== LF) break;
      const last = i + MAX_SIZE_DIGITS;
      let size = 0;
      for (let digit = hexValue(bytes[i]); i < last && digit >= 0; digit = hexValue(bytes[++i]))
        size = size * 16 + digit;
      if (size === 0 || size > SMALL || bytes[i++] !== CR || bytes[i++] !== LF || i + size > end) break;
      if (room === undefined) {
        room = new Uint8Array(Math.min(length + end - i, ROOM));
        room.set(first);
      }
      if (length + size > room.length) break;
      while (size-- > 0) room[length++] = bytes[i++]!;
      source.pos = i;
    }
    if (room === undefined) return first;
    this.#dataBytes += length - first.length;
    source.mark = source.pos;
    source.release();
    return room.subarray(0, length);
  }

  /** The CRLF behind the data is a line with nothing in it. */
  #readDataEnd(source: ByteSource): boolean {
    this.#endsData = source.line(0, "InvalidChunk", 400, "InvalidChunk") < 0;
    return !this.#endsData;
  }

  #readSize(source: ByteSource): boolean {
    const { maxChunkExtensionBytes: max, maxTrailerBytes, maxTrailerCount } = this.#limits;
    // A line is in one piece, so that it has a bound of its own.
    const allowed = Math.min(max, max + this.#dataBytes / 64 - this.#extensionBytes);
    const length = source.line(allowed + MAX_SIZE_DIGITS, TOO_LARGE, 400, "InvalidChunk");
    if (length < 0) return false;
    const [, digits = ""] = SIZE_LINE.exec(latin1(source.bytes, source.mark, source.mark + length)) ?? [];
    this.#left = Number.parseInt(digits, 16);
    if (!Number.isSafeInteger(this.#left))
      throw new ProtocolError("InvalidChunk", 400, `wanted a chunk size up to ${Number.MAX_SAFE_INTEGER}`);
    this.#extensionBytes += length - digits.length;
    if (length - digits.length > allowed) throw new ProtocolError(TOO_LARGE, 400, `more than ${max} bytes`);
    if (this.#left === 0)
      this.#trailerSection = new FieldSection(
        source,
        maxTrailerBytes,
        maxTrailerBytes,
        maxTrailerCount,
        "TrailersTooLarge",
      );
    return true;
  }
}

/** The value of a HEXDIG octet, -1 for any other. */
function hexValue(octet = 0): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const letter = (octet | 32) - 87;
  return letter > 9 && letter < 16 ? letter : -1;
}
