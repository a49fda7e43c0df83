import { CHARS, COLON, DIGIT, HEXDIG, HOST, hexValue, REG_NAME } from "./chars.ts";
import { ProtocolError } from "./errors.ts";
import { latin1 } from "./octets.ts";

const SLASH = 47;
const ASTERISK = 42;
const OPEN_BRACKET = 91;

/**
 * Holds a target against the four forms of RFC 9112 section 3.2 and gives the authority of an absolute-form,
 * which replaces Host (section 3.2.2), or undefined.
 * @throws ProtocolError 400
 */
export function checkTarget(
  method: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  const first = bytes[start]!;
  if (method === "CONNECT") {
    checkAuthority(latin1(bytes, start, end), true);
    return undefined;
  }
  if (first === SLASH) return undefined;
  if (first === ASTERISK && end - start === 1) {
    // The asterisk-form is for OPTIONS alone (section 3.2.4).
    if (method !== "OPTIONS") throw invalid("only OPTIONS has the asterisk-form");
    return undefined;
  }
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)/i.exec(latin1(bytes, start, end));
  const authority = match?.[1];
  if (authority === undefined) throw invalid("wanted a path, an absolute URI, or * with OPTIONS");
  // userinfo in an http URI is an error (RFC 9110 section 4.2.4); so is an empty host (section 4.2.1).
  if (authority === "") throw invalid("an absolute URI without a host");
  checkAuthority(authority, false);
  return authority;
}

function checkAuthority(authority: string, portRequired: boolean): void {
  if (!isHostAndPort(authority) || authority.startsWith(":"))
    throw invalid("an authority that is no host and port");
  if (portRequired && !/:[0-9]+$/.test(authority)) throw invalid("CONNECT wants a host and a port");
}

/**
 * `uri-host [ ":" port ]` (RFC 9110 section 7.2, RFC 3986 section 3.2): a Host value. It may be empty. Stricter
 * than the grammar: the port is at most 65535, and a zone identifier is not taken.
 */
export function isHostAndPort(text: string): boolean {
  let i = 0;
  if (text.charCodeAt(0) === OPEN_BRACKET) {
    const close = text.indexOf("]");
    if (!/^(?:[0-9a-f:.]{2,45}|v[0-9a-f]+\.[\w!$&'()*+,;=:.~-]+)$/i.test(text.slice(1, Math.max(close, 1))))
      return false;
    i = close + 1;
  } else {
    while (i < text.length && isRegName(text, i)) i++;
  }
  if (i === text.length) return true;
  if (text[i] !== ":") return false;
  const port = text.slice(i + 1);
  return /^[0-9]{0,5}$/.test(port) && Number(port) <= 65_535;
}

/** `isHostAndPort` of octets. Plain names and addresses, which is nearly all there are, cost no string. */
export function isHostAndPortOctets(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end && (CHARS[bytes[i]!]! & REG_NAME) !== 0) i++;
  if (i === end) return true;
  if (bytes[i] !== COLON) return isHostAndPort(latin1(bytes, start, end));
  if (end - i > 6) return false;
  let port = 0;
  for (i++; i < end; i++) {
    if ((CHARS[bytes[i]!]! & DIGIT) === 0) return false;
    port = port * 10 + bytes[i]! - 48;
  }
  return port <= 65_535;
}

/** One char of a reg-name: unreserved, a sub-delim, or `%` before two digits. */
function isRegName(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  if (code > 127 || (CHARS[code]! & HOST) === 0) return false;
  if (code === 37)
    return isHex(text.charCodeAt(i + 1)) && isHex(text.charCodeAt(i + 2)) && notControl(text, i);
  return code !== 58 && code !== 91 && code !== 93;
}

function isHex(code: number): boolean {
  return code < 128 && (CHARS[code]! & HEXDIG) !== 0;
}

function notControl(text: string, at: number): boolean {
  return hexValue(text.charCodeAt(at + 1)) * 16 + hexValue(text.charCodeAt(at + 2)) > 32;
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidTarget", 400, `invalid request target: ${what}`);
}
