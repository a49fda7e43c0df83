import { expect, test } from "vitest";
import { Insertion, inserted } from "./insert.ts";

const encoder = new TextEncoder();
const put = (page: string) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(inserted(encoder.encode(page), encoder.encode("[+]")));

/** The page in parts of so many bytes. */
function putInParts(page: string, size: number): string {
  const insertion = new Insertion(encoder.encode("[+]"));
  const bytes = encoder.encode(page);
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(...insertion.feed(bytes.subarray(at, at + size)));
  out.push(...insertion.end());
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(out));
}

test.each([
  ["<h1>x</h1>", "[+]<h1>x</h1>"],
  ["<!doctype html><h1>ü</h1>", "<!doctype html>[+]<h1>ü</h1>"],
  ['\n<!-- a > b --> <!DOCTYPE html PUBLIC "x">\n<p>', '\n<!-- a > b --> <!DOCTYPE html PUBLIC "x">[+]\n<p>'],
  ["\ufeff<!doctype html><p>", "\ufeff<!doctype html>[+]<p>"],
  ["", "[+]"],
  ["<!", "[+]<!"],
  ["<!-- never closed", "[+]<!-- never closed"],
  [`<!--${"x".repeat(2000)}--><!doctype html>`, `[+]<!--${"x".repeat(2000)}--><!doctype html>`],
])("%j, whole and in parts", (page, whole) => {
  expect(put(page)).toBe(whole);
  for (const size of [1, 2, 3, 7]) expect(putInParts(page, size), `parts of ${size}`).toBe(whole);
});

test("what is no begin of a doctype is not kept", () => {
  const insertion = new Insertion(encoder.encode("[+]"));
  expect(insertion.feed(encoder.encode("<!do"))).toHaveLength(0);
  expect(new TextDecoder().decode(insertion.feed(encoder.encode("x")))).toBe("[+]<!dox");
  expect(new TextDecoder().decode(insertion.feed(encoder.encode("<!")))).toBe("<!");
  expect(insertion.end()).toHaveLength(0);
});
