import { ProtocolError } from "./errors.ts";

/**
 * The minor version of an `HTTP-version` (RFC 9112 section 2.3): its name in upper case, one digit, a dot, one digit.
 * @throws ProtocolError 400 when it is none, 505 for a major version other than 1 (RFC 9110 section 15.6.6).
 */
export function readVersion(text: string | undefined): number {
  const [, major, minor] = /^HTTP\/(\d)\.(\d)$/.exec(text ?? "") ?? [];
  if (major === "1") return Number(minor);
  throw new ProtocolError(
    major ? "UnsupportedVersion" : "InvalidVersion",
    major ? 505 : 400,
    "wanted HTTP/1.1",
  );
}
