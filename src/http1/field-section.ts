import type { ByteSource } from "./byte-source.ts";
import { CHARS, COLON, CR, HTAB, LF, SP, TCHAR, VALUE } from "./chars.ts";
import { ProtocolError } from "./errors.ts";
import { FieldLines } from "./field-lines.ts";

/** Never pushed to. */
const NO_OFFSETS: number[] = [];

/** How large a section may be, and what is said when it is larger. */
export interface SectionLimits {
  readonly maxLineBytes: number;
  readonly maxBytes: number;
  readonly maxCount: number;
  readonly tooLarge: "HeaderTooLarge" | "TrailersTooLarge";
}

type State = 0 | 1 | 2 | 3 | 4 | 5;
const LINE_START = 0;
const NAME = 1;
const BEFORE_VALUE = 2;
const IN_VALUE = 3;
const LINE_LF = 4;
const LAST_LF = 5;

/**
 * Reads `*( field-line CRLF ) CRLF` (RFC 9112 sections 2.1 and 5): headers and trailers alike.
 *
 * Strategy: each octet is looked at once, in the element that it belongs to, and only offsets are kept. When
 * the octets run out the state and `source.pos` say where to go on.
 *
 * Stricter than the RFC has to be: a line ends in CRLF and in nothing else (a bare LF may be refused, section
 * 2.2); obs-fold is refused (section 5.2); so is every control character but HTAB in a value (RFC 9110
 * section 5.5 lets them be kept). No client that matters sends any of these.
 */
export class FieldSection {
  readonly #limits: SectionLimits;
  #state: State = LINE_START;
  #offsets: number[] = NO_OFFSETS;
  /** Offset of the section, and of the line in it, from the source's mark. */
  #sectionStart = 0;
  #lineStart = 0;
  #valueStart = 0;

  constructor(limits: SectionLimits) {
    this.#limits = limits;
  }

  /** Starts at the source's position. */
  begin(source: ByteSource): void {
    this.#state = LINE_START;
    this.#offsets = [];
    this.#sectionStart = source.pos - source.mark;
    this.#lineStart = this.#sectionStart;
  }

  /** @returns the lines once the empty line was read, `undefined` when more octets are needed. */
  read(source: ByteSource): FieldLines | undefined {
    do {
      if (this.#scan(source)) {
        const offsets = this.#offsets;
        this.#offsets = NO_OFFSETS; // an idle connection holds none
        return new FieldLines(source.bytes, source.mark, offsets);
      }
      // The CRLF that ends the section is none of its octets, whether it comes in one piece or in two.
      this.#checkSize(source.pos - source.mark - (this.#state === LAST_LF ? 1 : 0));
    } while (source.extend());
    return undefined;
  }

  #scan(source: ByteSource): boolean {
    const { bytes, end, mark } = source;
    let i = source.pos;
    while (i < end) {
      switch (this.#state) {
        case LINE_START: {
          if (bytes[i] === CR) {
            i++;
            this.#state = LAST_LF;
            break;
          }
          this.#lineStart = i - mark;
          this.#state = NAME;
          break;
        }
        case NAME: {
          while (i < end && (CHARS[bytes[i]!]! & TCHAR) !== 0) i++;
          if (i === end) break;
          // White space before a name, which would be obs-fold, is no part of one either.
          if (bytes[i] !== COLON || i - mark === this.#lineStart) throw invalid("wanted a name and a colon");
          this.#offsets.push(this.#lineStart, i - mark);
          i++;
          this.#state = BEFORE_VALUE;
          break;
        }
        case BEFORE_VALUE: {
          while (i < end && (bytes[i] === SP || bytes[i] === HTAB)) i++;
          if (i === end) break;
          this.#valueStart = i - mark;
          this.#state = IN_VALUE;
          break;
        }
        case IN_VALUE: {
          while (i < end && (CHARS[bytes[i]!]! & VALUE) !== 0) i++;
          if (i === end) break;
          if (bytes[i] !== CR) throw invalid("a control character");
          this.#endValue(bytes, mark, i);
          i++;
          this.#state = LINE_LF;
          break;
        }
        case LINE_LF: {
          if (bytes[i] !== LF) throw invalid("wanted CRLF");
          i++;
          this.#endLine(i - mark);
          this.#state = LINE_START;
          break;
        }
        default: {
          if (bytes[i] !== LF) throw invalid("wanted CRLF");
          source.pos = i + 1;
          return true;
        }
      }
    }
    source.pos = i;
    return false;
  }

  /** White space behind a value is not part of it (RFC 9110 section 5.5). */
  #endValue(bytes: Uint8Array, mark: number, at: number): void {
    const start = mark + this.#valueStart;
    let last = at;
    while (last > start && (bytes[last - 1] === SP || bytes[last - 1] === HTAB)) last--;
    this.#offsets.push(this.#valueStart, last - mark);
  }

  #endLine(next: number): void {
    this.#checkSize(next);
    if (this.#offsets.length >> 2 > this.#limits.maxCount) {
      throw new ProtocolError("TooManyHeaderFields", 431, `more than ${this.#limits.maxCount} lines`);
    }
    this.#lineStart = next;
  }

  #checkSize(at: number): void {
    const { maxLineBytes, maxBytes, tooLarge } = this.#limits;
    if (at - this.#lineStart > maxLineBytes + 2) {
      throw new ProtocolError(tooLarge, 431, `a line of more than ${maxLineBytes} bytes`);
    }
    if (at - this.#sectionStart > maxBytes) {
      throw new ProtocolError(tooLarge, 431, `more than ${maxBytes} bytes`);
    }
  }
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidFieldLine", 400, what);
}
