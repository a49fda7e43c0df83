import type { ByteSource } from "./byte-source.ts";
import { CHARS, CR, DIGIT, LF, SP, VALUE } from "./chars.ts";
import { ProtocolError } from "./errors.ts";
import { latin1 } from "./octets.ts";
import { readVersion, VERSION_LENGTH } from "./version.ts";

/** `HTTP-version SP status-code` is this long, and the first thing that can be judged. */
const FIXED_LENGTH = VERSION_LENGTH + 4;
const MAX_BYTES = 8192;

/**
 * Reads `HTTP-version SP status-code SP [ reason-phrase ] CRLF` (RFC 9112 section 4). The space behind the
 * code may be missing with the phrase: well-known servers leave it out.
 */
export class StatusLine {
  status = 0;
  minor = 1;
  reason = "";
  #begun = false;

  get begun(): boolean {
    return this.#begun;
  }

  begin(): void {
    this.#begun = false;
  }

  /** @returns true once the line was read, false when more octets are needed. */
  read(source: ByteSource): boolean {
    do {
      if (source.end > source.mark) this.#begun = true;
      if (this.#scan(source)) return true;
    } while (source.extend());
    return false;
  }

  #scan(source: ByteSource): boolean {
    const { bytes, end, mark } = source;
    if (end - mark < FIXED_LENGTH) return false;
    if (source.pos === mark) this.#readFixed(bytes, mark);
    let i = Math.max(source.pos, mark + FIXED_LENGTH);
    while (i < end && (CHARS[bytes[i]!]! & VALUE) !== 0) i++;
    if (i - mark > MAX_BYTES) throw invalid(`a status line of more than ${MAX_BYTES} bytes`);
    source.pos = i;
    if (end - i < 2) return false;
    if (bytes[i] !== CR || bytes[i + 1] !== LF) throw invalid("wanted CRLF");
    const reasonStart = mark + FIXED_LENGTH;
    if (i > reasonStart && bytes[reasonStart] !== SP) throw invalid("wanted a space after the status code");
    this.reason = latin1(bytes, Math.min(reasonStart + 1, i), i);
    source.pos = i + 2;
    return true;
  }

  #readFixed(bytes: Uint8Array, mark: number): void {
    this.minor = readVersion(bytes, mark);
    if (bytes[mark + VERSION_LENGTH] !== SP) throw invalid("wanted a space after the HTTP version");
    let status = 0;
    for (let i = mark + VERSION_LENGTH + 1; i < mark + FIXED_LENGTH; i++) {
      if ((CHARS[bytes[i]!]! & DIGIT) === 0) throw invalid("wanted a status code of three digits");
      status = status * 10 + bytes[i]! - 48;
    }
    if (status < 100 || status > 599) throw invalid("wanted a status code from 100 to 599");
    this.status = status;
  }
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidStatusLine", 502, what);
}
