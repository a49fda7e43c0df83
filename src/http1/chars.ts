/**
 * One table for every character class of the grammar: `CHARS[octet] & CLASS`. A look-up costs the same
 * for every class and the reader never compares an octet twice.
 */

/** `tchar` (RFC 9110 section 5.6.2). */
export const TCHAR = 1;
/** `field-vchar / SP / HTAB` (RFC 9110 section 5.5): VCHAR, obs-text and the two kinds of white space. */
export const VALUE = 2;
/**
 * What may stand in a request target: RFC 3986's characters, and some that browsers send as they are in paths or
 * queries (the WHATWG URL Standard leaves them unencoded). Everything else is refused: controls, space, `"`, `<`,
 * `>`, `#` and octets from 0x80.
 */
export const TARGET = 4;
/** `unreserved / sub-delims`: a `reg-name` without percent-encoding (RFC 3986 section 3.2.2). */
export const REG_NAME = 8;
export const DIGIT = 16;
export const HEXDIG = 32;

export const CHARS: Uint8Array = new Uint8Array(256);

/** Each two characters are a range. */
function mark(flag: number, ranges: string): void {
  for (let i = 0; i < ranges.length; i += 2)
    for (let code = ranges.charCodeAt(i); code <= ranges.charCodeAt(i + 1); code++) CHARS[code]! |= flag;
}

mark(TCHAR, "!!#'*+-.09AZ^z||~~");
mark(VALUE, "\t\t ~\x80\xff");
mark(TARGET, "!!$;==?~");
mark(REG_NAME, "!!$$&.09;;==AZ__az~~");
mark(DIGIT, "09");
mark(HEXDIG, "09AFaf");

export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const COLON = 58;

/** The value of a HEXDIG octet; only called on one. */
export function hexValue(octet: number): number {
  return octet <= 57 ? octet - 48 : (octet | 32) - 87;
}
