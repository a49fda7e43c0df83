import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "./entries.mjs";

/** Requirements of RFC 9110 and 9112 on an origin server, numbered as in the checklist that the names use. */
const REQUIREMENTS = 71;

it("has a test that names every requirement of the checklist", () => {
  const named = new Set<number>();
  for (const path of readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })) {
    if (!/test(ing)?[./]/.test(path) || !path.endsWith(".ts")) continue;
    for (const [line] of readFileSync(`${root}src/${path}`, "utf8").matchAll(/.*(?:\(#|checklist )\d.*/g)) {
      for (const [, number] of line.matchAll(/(?:#|checklist |, )(\d{1,2})(?=[,)])/g))
        named.add(Number(number));
    }
  }
  const missing = Array.from({ length: REQUIREMENTS }, (_, i) => i + 1).filter(
    (number) => !named.has(number),
  );
  expect(missing).toEqual([]);
});
