import type { ByteSource } from "./byte-source.ts";
import { ProtocolError } from "./errors.ts";
import { FieldLines } from "./field-lines.ts";
import { latin1 } from "./octets.ts";

/**
 * Reads `*( field-line CRLF ) CRLF` (RFC 9112 sections 2.1 and 5): headers and trailers alike.
 *
 * Strategy: lines are counted and measured as they come; when all are there they become text at once.
 */
export class FieldSection {
  readonly #maxLineBytes: number;
  readonly #maxCount: number;
  readonly #tooLarge: "HeaderTooLarge" | "TrailersTooLarge";
  /** Offset of the section from the source's mark. */
  readonly start: number;
  #bytesLeft: number;
  #count = 0;

  /** Starts at the source's position, behind a line that is from its mark on. */
  constructor(
    source: ByteSource,
    maxLineBytes: number,
    maxBytes: number,
    maxCount: number,
    tooLarge: "HeaderTooLarge" | "TrailersTooLarge",
  ) {
    this.#maxLineBytes = maxLineBytes;
    this.#maxCount = maxCount;
    this.#tooLarge = tooLarge;
    this.start = source.pos - source.mark;
    this.#bytesLeft = maxBytes;
  }

  /** @returns the lines once the empty line was read, `undefined` when more octets are needed. */
  read(source: ByteSource): FieldLines | undefined {
    for (;;) {
      // The CRLF of a line is one of the section's octets; that of the empty line, which ends it, is not.
      const max = Math.max(0, Math.min(this.#maxLineBytes, this.#bytesLeft - 2));
      const length = source.line(max, this.#tooLarge, 431, "InvalidFieldLine");
      if (length < 0) return undefined;
      if (length === 0) break;
      this.#bytesLeft -= length + 2;
      if (++this.#count > this.#maxCount)
        throw new ProtocolError("TooManyHeaderFields", 431, `more than ${this.#maxCount} lines`);
    }
    return new FieldLines(latin1(source.bytes, source.mark + this.start - 1, source.pos));
  }
}
