/**
 * One table for every character class of the grammar: `CHARS[octet] & CLASS`. A look-up costs the same
 * for every class and the reader never compares an octet twice.
 */

/** `tchar` (RFC 9110 section 5.6.2). */
export const TCHAR = 1;
/** `field-vchar / SP / HTAB` (RFC 9110 section 5.5): VCHAR, obs-text and the two kinds of white space. */
export const VALUE = 2;
/** What may stand in a request target; see `TARGET_EXTRA`. */
export const TARGET = 4;
/** `unreserved / sub-delims / "%"`, `":"`, `"["`, `"]"`: what a Host value is made of (RFC 3986 section 3.2). */
export const HOST = 8;
export const DIGIT = 16;
export const HEXDIG = 32;
/** `unreserved / sub-delims`: a `reg-name` without percent-encoding (RFC 3986 section 3.2.2). */
export const REG_NAME = 64;

const ALPHA = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const UNRESERVED = `${ALPHA + DIGITS}-._~`;
const SUB_DELIMS = "!$&'()*+,;=";

/**
 * Not in RFC 3986, but sent as they are by browsers in paths or queries (the WHATWG URL Standard leaves
 * them unencoded). Everything else outside the grammar is refused: controls, space, `"`, `<`, `>`, `#`
 * and octets from 0x80.
 */
const TARGET_EXTRA = "[]\\^`{|}";

export const CHARS = new Uint8Array(256);

function mark(characters: string, flag: number): void {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    CHARS[code] = (CHARS[code] ?? 0) | flag;
  }
}

mark(`!#$%&'*+-.^_\`|~${ALPHA}${DIGITS}`, TCHAR);
mark(`${UNRESERVED}${SUB_DELIMS}%:@/?${TARGET_EXTRA}`, TARGET);
mark(`${UNRESERVED}${SUB_DELIMS}%:[]`, HOST);
mark(`${UNRESERVED}${SUB_DELIMS}`, REG_NAME);
mark(DIGITS, DIGIT);
mark(`${DIGITS}ABCDEFabcdef`, HEXDIG);
for (let code = 0; code < 256; code++) {
  if (code === 9 || (code >= 32 && code !== 127)) CHARS[code] = (CHARS[code] ?? 0) | VALUE;
}

export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const COLON = 58;

/** The value of a HEXDIG octet; only called on one. */
export function hexValue(octet: number): number {
  return octet <= 57 ? octet - 48 : (octet | 32) - 87;
}
