import { CHARS, DIGIT } from "./chars.ts";
import { ProtocolError } from "./errors.ts";

/** `HTTP-version` (RFC 9112 section 2.3): its name in upper case, one digit, a dot, one digit. */
export const VERSION_LENGTH = 8;

const HTTP = [72, 84, 84, 80, 47];
const DOT = 46;

/**
 * The minor version of the `HTTP-version` at `at`, of which eight octets are there.
 * @throws ProtocolError 400 when it is none, 505 for a major version other than 1 (RFC 9110 section 15.6.6).
 */
export function readVersion(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < HTTP.length; i++) if (bytes[at + i] !== HTTP[i]) throw invalid();
  const major = bytes[at + 5]!;
  const minor = bytes[at + 7]!;
  if ((CHARS[major]! & CHARS[minor]! & DIGIT) === 0 || bytes[at + 6] !== DOT) throw invalid();
  if (major !== 49) throw new ProtocolError("UnsupportedVersion", 505, "wanted HTTP/1.1");
  return minor - 48;
}

function invalid(): ProtocolError {
  return new ProtocolError("InvalidVersion", 400, "wanted HTTP/1.1");
}
