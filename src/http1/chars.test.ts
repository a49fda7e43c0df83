import { expect, it } from "vitest";
import { CHARS, DIGIT, HEXDIG, REG_NAME, TARGET, TCHAR, VALUE } from "./chars.ts";

it.each([
  ["tchar", TCHAR, /[\w!#$%&'*+.^`|~-]/],
  ["field-vchar, SP and HTAB", VALUE, /[\t -~\x80-\xff]/],
  ["what a request target may have", TARGET, /[!$-;=?-~]/],
  ["unreserved and sub-delims", REG_NAME, /[\w!$&'()*+,.;=~-]/],
  ["DIGIT", DIGIT, /\d/],
  ["HEXDIG", HEXDIG, /[\da-f]/i],
])("marks %s among all octets", (_, flag, characters) => {
  for (let octet = 0; octet < 256; octet++)
    expect((CHARS[octet]! & flag) !== 0, `octet ${octet}`).toBe(characters.test(String.fromCharCode(octet)));
});
