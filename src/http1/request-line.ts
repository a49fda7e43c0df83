import type { ByteSource } from "./byte-source.ts";
import { CHARS, CR, LF, SP, TARGET, TCHAR } from "./chars.ts";
import { ProtocolError } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { invalidTarget } from "./target.ts";
import { readVersion, VERSION_LENGTH } from "./version.ts";

type State = 0 | 1 | 2 | 3 | 4;
const EMPTY_LINES = 0;
const EMPTY_LF = 1;
const METHOD = 2;
const TARGET_ = 3;
const VERSION = 4;

/**
 * Reads `method SP request-target SP HTTP-version CRLF` (RFC 9112 section 3) after any empty lines (section
 * 2.2). Single spaces and CRLF only: the lenient splitting on white space that section 3 allows is where two
 * parsers disagree about what was asked. Which form the target has is `target.ts`'s business.
 */
export class RequestLine {
  readonly #limits: Limits;
  #state: State = EMPTY_LINES;
  #emptyLines = 0;
  /** Offsets from the source's mark, which is at the method. */
  methodEnd = 0;
  targetEnd = 0;
  minor = 1;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get targetStart(): number {
    return this.methodEnd + 1;
  }

  /** Whether a request has begun: an octet other than those of whole empty lines has come. */
  get begun(): boolean {
    return this.#state !== EMPTY_LINES;
  }

  begin(): void {
    this.#state = EMPTY_LINES;
    this.#emptyLines = 0;
  }

  /** @returns true once the line was read, false when more octets are needed. */
  read(source: ByteSource): boolean {
    do {
      if (this.#scan(source)) return true;
    } while (source.extend());
    return false;
  }

  #scan(source: ByteSource): boolean {
    const { bytes, end } = source;
    let i = source.pos;
    if (this.#state < METHOD) {
      i = this.#skipEmptyLines(bytes, i, end);
      source.mark = i;
    }
    const { mark } = source;
    if (this.#state === METHOD) {
      while (i < end && (CHARS[bytes[i]!]! & TCHAR) !== 0) i++;
      if (i - mark > this.#limits.maxRequestLineBytes) {
        throw new ProtocolError("MethodTooLong", 501);
      }
      if (i < end) {
        if (bytes[i] !== SP || i === mark) throw invalid("wanted a method and a space");
        this.methodEnd = i - mark;
        i++;
        this.#state = TARGET_;
      }
    }
    if (this.#state === TARGET_) {
      while (i < end && (CHARS[bytes[i]!]! & TARGET) !== 0) i++;
      this.#checkLength(i - mark);
      if (i < end) {
        if (bytes[i] !== SP || i - mark === this.targetStart) throw invalidTarget();
        this.targetEnd = i - mark;
        i++;
        this.#state = VERSION;
      }
    }
    source.pos = i;
    if (this.#state !== VERSION || end - i < VERSION_LENGTH + 2) return false;
    this.minor = readVersion(bytes, i);
    i += VERSION_LENGTH;
    if (bytes[i] !== CR || bytes[i + 1] !== LF) throw invalid("wanted CRLF");
    this.#checkLength(i - mark);
    source.pos = i + 2;
    return true;
  }

  #skipEmptyLines(bytes: Uint8Array, from: number, end: number): number {
    let i = from;
    while (i < end) {
      if (this.#state === EMPTY_LF) {
        if (bytes[i] !== LF) throw invalid("wanted CRLF");
        this.#state = EMPTY_LINES;
        i++;
      } else if (bytes[i] === CR) {
        if (++this.#emptyLines > this.#limits.maxEmptyLines) throw invalid("too many empty lines");
        this.#state = EMPTY_LF;
        i++;
      } else {
        this.#state = METHOD;
        return i;
      }
    }
    return i;
  }

  #checkLength(length: number): void {
    const max = this.#limits.maxRequestLineBytes;
    if (length > max) throw new ProtocolError("RequestLineTooLong", 414, `more than ${max} bytes`);
  }
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidRequestLine", 400, what);
}
