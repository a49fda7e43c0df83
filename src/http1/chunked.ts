import type { ByteSource } from "./byte-source.ts";
import { CHARS, CR, HEXDIG, HTAB, hexValue, LF, SP, TCHAR, VALUE } from "./chars.ts";
import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { FieldSection } from "./field-section.ts";
import type { Limits } from "./limits.ts";

type State = "size" | "extension" | "data" | "data-end" | "trailers";
/** Where in `chunk-ext` the reader is. `after` is behind a whole extension or the size, `after-space` behind its BWS. */
type ExtensionState =
  | "after"
  | "after-space"
  | "name-start"
  | "name"
  | "after-name"
  | "value-start"
  | "token"
  | "quoted"
  | "escape"
  | "lf";

const SEMICOLON = 59;
const EQUALS = 61;
const QUOTE = 34;
const BACKSLASH = 92;
/** 53 bits are 14 digits; zeros in front of them are taken up to the width of 64 bits and no further. */
const MAX_SIZE_DIGITS = 16;
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/**
 * Reads a chunked body (RFC 9112 section 7.1):
 * `*chunk last-chunk trailer-section CRLF`, `chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF`.
 *
 * Strategy: data is handed out as views of what arrived, as soon as it arrives. Extensions are checked
 * against their whole grammar and dropped; how many octets they may take is bounded over the body, not for a
 * line. Lines end in CRLF only: the permission to take a bare LF does not cover chunk lines.
 */
export class ChunkedBody {
  readonly #limits: Limits;
  readonly #trailerSection: FieldSection;
  #state: State = "size";
  #extension: ExtensionState = "after";
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
    for (;;) {
      switch (this.#state) {
        case "size":
          if (!source.begin()) return "need-more";
          this.#readSize(source);
          break;
        case "extension":
          if (!source.begin()) return "need-more";
          this.#readExtension(source);
          break;
        case "data": {
          const data = source.take(this.#left);
          if (data === undefined) return "need-more";
          this.#left -= data.length;
          this.#dataBytes += data.length;
          if (this.#left === 0) this.#state = "data-end";
          return data;
        }
        case "data-end":
          if (!this.#readDataEnd(source)) return "need-more";
          break;
        case "trailers":
          this.#trailers ??= this.#trailerSection.read(source);
          if (this.#trailers === undefined) return "need-more";
          source.mark = source.pos;
          return "end";
      }
    }
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
    if (this.#digits === 0) throw invalid("wanted a chunk size of hexadecimal digits");
    this.#state = "extension";
    this.#extension = "after";
  }

  /** `chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`, and the CRLF behind it. */
  #readExtension(source: ByteSource): void {
    const { bytes, end } = source;
    let i = source.pos;
    while (i < end) {
      const octet = bytes[i++]!;
      if (this.#extension === "lf") {
        if (octet !== LF) throw invalid("a bare CR in a chunk line");
        source.pos = i;
        source.mark = i;
        this.#endSizeLine(source);
        return;
      }
      if (octet !== CR) this.#countExtension();
      this.#extension = nextExtensionState(this.#extension, octet);
    }
    source.pos = i;
    source.mark = i;
  }

  #countExtension(): void {
    const max = this.#limits.maxChunkExtensionBytes;
    if (++this.#extensionBytes > max + this.#dataBytes / 64) {
      throw new ProtocolError("ChunkExtensionsTooLarge", 400, `more than ${max} bytes of chunk extensions`);
    }
  }

  #endSizeLine(source: ByteSource): void {
    this.#left = this.#size;
    this.#size = 0;
    this.#digits = 0;
    this.#state = this.#left > 0 ? "data" : "trailers";
    if (this.#left === 0) this.#trailerSection.begin(source);
  }

  /** The CRLF behind the data; it may come in two pieces. */
  #readDataEnd(source: ByteSource): boolean {
    if (!source.begin()) return false;
    if (source.bytes[source.pos] !== CR) throw invalid("wanted CRLF after the chunk data");
    while (source.end - source.pos < 2) if (!source.extend()) return false;
    if (source.bytes[source.pos + 1] !== LF) throw invalid("wanted CRLF after the chunk data");
    source.pos += 2;
    source.mark = source.pos;
    this.#state = "size";
    return true;
  }
}

/** The state after one octet. White space is allowed where the grammar has BWS, but not before CRLF. */
function nextExtensionState(state: ExtensionState, octet: number): ExtensionState {
  const space = octet === SP || octet === HTAB;
  const token = (CHARS[octet]! & TCHAR) !== 0;
  switch (state) {
    case "after":
      if (octet === SEMICOLON) return "name-start";
      if (octet === CR) return "lf";
      if (space) return "after-space";
      break;
    case "after-space":
      if (space) return "after-space";
      if (octet === SEMICOLON) return "name-start";
      break;
    case "name-start":
      if (space) return "name-start";
      if (token) return "name";
      break;
    case "name":
      if (token) return "name";
      if (space) return "after-name";
      if (octet === EQUALS) return "value-start";
      return nextExtensionState("after", octet);
    case "after-name":
      if (space) return "after-name";
      if (octet === EQUALS) return "value-start";
      if (octet === SEMICOLON) return "name-start";
      break;
    case "value-start":
      if (space) return "value-start";
      if (octet === QUOTE) return "quoted";
      if (token) return "token";
      break;
    case "token":
      if (token) return "token";
      return nextExtensionState("after", octet);
    case "quoted":
      if (octet === QUOTE) return "after";
      if (octet === BACKSLASH) return "escape";
      if ((CHARS[octet]! & VALUE) !== 0) return "quoted";
      break;
    case "escape":
      if ((CHARS[octet]! & VALUE) !== 0) return "quoted";
      break;
  }
  throw invalid("an invalid chunk extension");
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidChunk", 400, what);
}
