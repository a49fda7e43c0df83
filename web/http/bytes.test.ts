import { expect, test } from "vitest";
import { joined, wholeCharacters } from "./bytes.ts";

const encode = (text: string) => new TextEncoder().encode(text);

test("parts are joined, and no more of them than is wanted", () => {
  const parts = [encode("one"), encode("two"), encode("three")];
  expect(joined(parts)).toEqual(encode("onetwothree"));
  expect(joined(parts, 5)).toEqual(encode("onetw"));
  expect(joined(parts, 0)).toEqual(new Uint8Array());
  expect(joined([])).toEqual(new Uint8Array());
});

test("a character that was cut in two is left out, wherever it was cut", () => {
  const text = "aé€😀";
  const bytes = encode(text);
  const ends = [1, 1, 3, 3, 3, 6, 6, 6, 6, 10];
  for (const [index, end] of ends.entries()) {
    expect(wholeCharacters(bytes.subarray(0, index + 1)), `${index + 1} bytes`).toEqual(
      bytes.subarray(0, end),
    );
  }
});

test("bytes that are no text stay as they are", () => {
  for (const bytes of [[], [0x80], [0x80, 0x80, 0x80, 0x80], [0xff, 0x41]])
    expect(wholeCharacters(Uint8Array.from(bytes))).toEqual(Uint8Array.from(bytes));
});
