import { describe, expect, test } from "vitest";
import fc from "../../src/testing/fast-check.ts";
import { bytesOf, textOf } from "./raw-text.ts";

const read = (text: string) => String.fromCharCode(...bytesOf(text));

describe("typed text as bytes", () => {
  test.each([
    ["GET / HTTP/1.1\\r\\n\\r\\n", "GET / HTTP/1.1\r\n\r\n"],
    ["\\x00\\xff\\0\\t\\\\", "\0\xff\0\t\\"],
    ["a\\r\\n\nb", "a\r\nb"],
    ["a\nb\r\nc", "a\nb\nc"],
    ["a\\r\nb", "a\r\nb"],
    ["\\q \\x1 \\", "\\q \\x1 \\"],
    ["ü", "\xc3\xbc"],
  ])("%j", (typed, sent) => {
    expect(read(typed)).toBe(sent);
  });
});

describe("bytes as text", () => {
  test("heads have a line for each of theirs", () => {
    expect(textOf(new TextEncoder().encode("A: b\r\nC: d\n\x01"))).toBe("A: b\\r\\n\nC: d\\n\n\\x01");
  });

  test("what is no UTF-8 is told octet by octet", () => {
    expect(textOf(Uint8Array.of(0x61, 0xff, 0x0d, 0x0a, 0x5c))).toBe("a\\xff\\r\\n\n\\\\");
  });

  test("is read back as the same bytes, whatever they are", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          expect(bytesOf(textOf(bytes))).toEqual(Uint8Array.from(bytes));
        },
      ),
    );
  });
});
