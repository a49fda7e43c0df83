import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "./entries.mjs";
import { hardSteps } from "./steps.mjs";

const text = readFileSync(`${root}SECURITY.md`, "utf8");
const linked = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = ""]) => path);

it("SECURITY.md names tests that are there, and that are tests", () => {
  expect(linked.length).toBeGreaterThan(20);
  const wrong = linked.filter((path) => {
    if (!existsSync(root + path)) return true;
    if (path.endsWith(".md") || path.startsWith("hardening/fuzz/targets/")) return false;
    return !/\b(it|test|smugglingSuite|socketContract)(\.\w+\([^)]*\))?\(/.test(
      readFileSync(root + path, "utf8"),
    );
  });
  expect(wrong).toEqual([]);
});

it("has a test beside every promise", () => {
  const [, promised = ""] = /^## What is promised$(.*?)^## /ms.exec(text) ?? [];
  const rows = promised.split("\n").filter((line) => /^\| (?!promise |---)/.test(line));
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => !/\]\([^)]+\.ts\)/.test(row))).toEqual([]);
});

it("names hard tests that npm run test:hard runs", () => {
  const run = hardSteps.map(({ command }) => command.at(-1));
  expect(linked.filter((path) => path.endsWith(".hard.test.ts") && !run.includes(path))).toEqual([]);
});
