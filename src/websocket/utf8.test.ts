import { expect, test } from "vitest";
import fc from "../testing/fast-check.ts";
import { Utf8Validator } from "./utf8.ts";

const fatal = new TextDecoder("utf-8", { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    fatal.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const validate = (bytes: Uint8Array) => {
  const validator = new Utf8Validator();
  return validator.push(bytes) && validator.end();
};

test("says of every sequence of two bytes, and of three and four at the edges, what the platform says", () => {
  const edges = [
    0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4,
    0xf5, 0xff,
  ];
  for (let a = 0; a < 256; a++) for (let b = 0; b < 256; b++) expectSame([a, b]);
  for (const a of edges)
    for (const b of edges) for (const c of edges) for (const d of edges) expectSame([a, b, c, d]);
});

function expectSame(list: number[]): void {
  const bytes = new Uint8Array(list);
  if (validate(bytes) !== isUtf8(bytes)) expect.fail(`validator and platform differ about ${list}`);
}

test("says the same of any bytes, in any pieces", () => {
  const text = fc.string({ unit: "grapheme" }).map((string) => new TextEncoder().encode(string));
  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array()), fc.nat(100), (bytes, at) => {
      const validator = new Utf8Validator();
      const valid =
        validator.push(bytes.subarray(0, at)) && validator.push(bytes.subarray(at)) && validator.end();
      expect(valid).toBe(isUtf8(bytes));
    }),
  );
});

test("fails at the first byte that can't follow", () => {
  for (const [good, bad] of [
    [[0xe0], 0x9f],
    [[0xed], 0xa0],
    [[0xf0], 0x8f],
    [[0xf4], 0x90],
    [[0xe2, 0x82], 0x41],
    [[], 0xc1],
  ] as const) {
    const validator = new Utf8Validator();
    expect(validator.push(new Uint8Array(good))).toBe(true);
    expect(validator.push(new Uint8Array([bad]))).toBe(false);
  }
});
