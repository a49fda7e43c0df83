import { ProtocolError } from "./errors.ts";
import { readVersion } from "./version.ts";

export interface StatusLine {
  readonly status: number;
  readonly reason: string;
  readonly minor: number;
}

/**
 * `HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112 section 4) from text that has no control characters. The
 * space behind the code may be missing with the phrase: well-known servers leave it out.
 */
export function readStatusLine(text: string): StatusLine {
  const minor = readVersion(text.slice(0, 8));
  const [, status, reason = ""] = /^ ([1-5]\d\d)(?: (.*))?$/.exec(text.slice(8)) ?? [];
  if (status) return { status: Number(status), reason, minor };
  throw new ProtocolError("InvalidStatusLine", 502, "wanted a status code and a phrase");
}
