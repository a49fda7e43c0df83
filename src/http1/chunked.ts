import type { ByteSource } from "./byte-source.ts";
import { CHARS, CR, HEXDIG, HTAB, hexValue, LF, SP, TCHAR, VALUE } from "./chars.ts";
import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { FieldSection } from "./field-section.ts";
import type { Limits } from "./limits.ts";

type State = 0 | 1 | 2 | 3 | 4 | 5;
const SIZE = 0;
const IN_EXTENSION = 1;
const DATA = 2;
const DATA_CR = 3;
const DATA_LF = 4;
const TRAILERS = 5;

/**
 * `chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ) CRLF`, one row a state, one column
 * a kind of octet: the state that follows, or `-` where the grammar has no such octet. White space is allowed where
 * the grammar has BWS, but not before CRLF.
 */
const EXTENSION = [
  // SP/HTAB ; = " \ CR, other tchar, other octet of a value
  "12---9--", // 0 behind the size or a whole extension
  "12------", // 1 ... and white space
  "2-----3-", // 2 before a name
  "425--93-", // 3 in a name
  "425-----", // 4 behind a name
  "5--7--6-", // 5 before a value
  "12---96-", // 6 in a token
  "77708-77", // 7 in a quoted string
  "77777-77", // 8 behind its backslash
];
/** CR was read, LF has to follow. */
const EXTENSION_LF = 9;

function kindOf(octet: number): number {
  const special = ' ;="\\\r'.indexOf(String.fromCharCode(octet === HTAB ? SP : octet));
  if (special >= 0) return special;
  if ((CHARS[octet]! & TCHAR) !== 0) return 6;
  return (CHARS[octet]! & VALUE) !== 0 ? 7 : 8;
}

/** Chunks of at most so many octets are handed out together, up to `ROOM` octets. */
const SMALL = 512;
const ROOM = 4096;

/** 53 bits are 14 digits; zeros in front of them are taken up to the width of 64 bits and no further. */
const MAX_SIZE_DIGITS = 16;
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

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
  readonly #trailerSection: FieldSection;
  #state: State = SIZE;
  #extension = 0;
  #size = 0;
  #digits = 0;
  #left = 0;
  #dataBytes = 0;
  #extensionBytes = 0;
  #trailers: FieldLines | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#trailerSection = new FieldSection({
      maxLineBytes: limits.maxTrailerBytes,
      maxBytes: limits.maxTrailerBytes,
      maxCount: limits.maxTrailerCount,
      tooLarge: "TrailersTooLarge",
    });
  }

  /** The trailer section, once the body was read to its end. */
  get trailers(): FieldLines | undefined {
    return this.#trailers;
  }

  /** @returns the next octets of data, `"end"`, or `"need-more"`. */
  read(source: ByteSource): Uint8Array | "end" | "need-more" {
    while (this.#state !== TRAILERS) {
      if (!source.begin()) return "need-more";
      if (this.#state === DATA) return this.#readData(source);
      if (this.#state === SIZE) this.#readSize(source);
      else if (this.#state === IN_EXTENSION) this.#readExtension(source);
      else this.#readDataEnd(source);
    }
    this.#trailers ??= this.#trailerSection.read(source);
    if (this.#trailers === undefined) return "need-more";
    source.mark = source.pos;
    return "end";
  }

  #readData(source: ByteSource): Uint8Array {
    const data = source.take(this.#left) as Uint8Array;
    this.#left -= data.length;
    this.#dataBytes += data.length;
    if (this.#left > 0) return data;
    this.#state = DATA_CR;
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
      let size = 0;
      while (size < SMALL && (CHARS[bytes[i]!]! & HEXDIG) !== 0) size = size * 16 + hexValue(bytes[i++]!);
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

  /** The CRLF behind the data, an octet at a time. */
  #readDataEnd(source: ByteSource): void {
    const wanted = this.#state === DATA_CR ? CR : LF;
    if (source.bytes[source.pos++] !== wanted) throw invalid("wanted CRLF");
    source.mark = source.pos;
    this.#state = wanted === CR ? DATA_LF : SIZE;
  }

  /** `chunk-size = 1*HEXDIG`. */
  #readSize(source: ByteSource): void {
    const { bytes, end } = source;
    let i = source.pos;
    while (i < end && (CHARS[bytes[i]!]! & HEXDIG) !== 0) {
      this.#size = this.#size * 16 + hexValue(bytes[i]!);
      if (++this.#digits > MAX_SIZE_DIGITS || this.#size > MAX_SIZE)
        throw invalid(`a chunk size above ${MAX_SIZE}`);
      i++;
    }
    source.pos = i;
    source.mark = i;
    if (i === end) return;
    if (this.#digits === 0) throw invalid("wanted a chunk size");
    this.#state = IN_EXTENSION;
    this.#extension = 0;
  }

  #readExtension(source: ByteSource): void {
    const { bytes, end } = source;
    while (source.pos < end && this.#state === IN_EXTENSION) {
      const octet = bytes[source.pos++]!;
      if (this.#extension === EXTENSION_LF) {
        if (octet !== LF) throw invalid("wanted CRLF");
        this.#endSizeLine(source);
      } else {
        if (octet !== CR) this.#countExtension();
        this.#extension = Number(EXTENSION[this.#extension]?.[kindOf(octet)]);
        if (Number.isNaN(this.#extension)) throw invalid("an invalid extension");
      }
    }
    source.mark = source.pos;
  }

  #countExtension(): void {
    const max = this.#limits.maxChunkExtensionBytes;
    if (++this.#extensionBytes > max + this.#dataBytes / 64) {
      throw new ProtocolError("ChunkExtensionsTooLarge", 400, `more than ${max} bytes`);
    }
  }

  #endSizeLine(source: ByteSource): void {
    source.mark = source.pos; // where the trailer section counts from
    this.#left = this.#size;
    this.#size = 0;
    this.#digits = 0;
    this.#state = this.#left > 0 ? DATA : TRAILERS;
    if (this.#left === 0) this.#trailerSection.begin(source);
  }
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidChunk", 400, what);
}
