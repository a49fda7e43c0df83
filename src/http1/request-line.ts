import { ProtocolError } from "./errors.ts";
import { isToken } from "./list.ts";
import { invalidTarget } from "./target.ts";
import { readVersion } from "./version.ts";

export interface RequestLine {
  readonly method: string;
  /** The request target exactly as sent. */
  readonly target: string;
  /** Minor version as sent: HTTP/1.2 and above are served as 1.1. */
  readonly minor: number;
}

/**
 * What may stand in a request target: RFC 3986's characters, and some that browsers send as they are in paths or
 * queries (the WHATWG URL Standard leaves them unencoded). Everything else is refused: controls, space, `"`, `<`,
 * `>`, `#` and octets from 0x80.
 */
const TARGET = /^[!$-;=?-~]+$/;

/** All of it, so that what is right is judged once. */
const USUAL = /^([\w!#$%&'*+.^`|~-]+) ([!$-;=?-~]+) HTTP\/1\.(\d)$/;

/**
 * `method SP request-target SP HTTP-version` (RFC 9112 section 3). Single spaces only: the lenient splitting on white
 * space that section 3 allows is where two parsers disagree about what was asked. Which form the target has is
 * `target.ts`'s business.
 */
export function readRequestLine(text: string): RequestLine {
  const usual = USUAL.exec(text);
  if (usual) return { method: usual[1]!, target: usual[2]!, minor: Number(usual[3]) };
  const [method = "", target = "", version, more] = text.split(" ", 4);
  if (!isToken(method) || more !== undefined)
    throw new ProtocolError("InvalidRequestLine", 400, "wanted method, target and version");
  if (!TARGET.test(target)) throw invalidTarget();
  return { method, target, minor: readVersion(version) };
}
