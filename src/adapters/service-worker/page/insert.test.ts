import { expect, test } from "vitest";
import { inserted } from "./insert.ts";

const encoder = new TextEncoder();
const put = (page: string) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(inserted(encoder.encode(page), encoder.encode("[+]")));

test.each([
  ["<h1>x</h1>", "[+]<h1>x</h1>"],
  ["<!doctype html><h1>ü</h1>", "<!doctype html>[+]<h1>ü</h1>"],
  ['\n<!-- a > b --> <!DOCTYPE html PUBLIC "x">\n<p>', '\n<!-- a > b --> <!DOCTYPE html PUBLIC "x">[+]\n<p>'],
  ["\ufeff<!doctype html><p>", "\ufeff<!doctype html>[+]<p>"],
  ["", "[+]"],
])("%j", (page, whole) => {
  expect(put(page)).toBe(whole);
});
