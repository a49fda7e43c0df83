import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OutputLines } from "./output-lines.ts";

let batches: { texts: string[]; dropped: number }[];
let lines: OutputLines;
beforeEach(() => {
  vi.useFakeTimers();
  batches = [];
  lines = new OutputLines((entries, dropped) =>
    batches.push({ texts: entries.map(({ text }) => text), dropped }),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

test("pieces become lines, without what colours a terminal and however they end", () => {
  lines.write("\u001b[31mre");
  lines.write("d\u001b[0m\r\nnext\nhalf");
  vi.advanceTimersByTime(100);
  expect(batches).toEqual([{ texts: ["red", "next"], dropped: 0 }]);
  lines.end();
  expect(batches[1]).toEqual({ texts: ["half"], dropped: 0 });
});

test("of a flood a hundred lines come at a time, and the others are counted", () => {
  lines.write("x\n".repeat(5000));
  vi.advanceTimersByTime(100);
  expect(batches.map(({ texts, dropped }) => [texts.length, dropped])).toEqual([[100, 4900]]);
});

test("why a program ended is the last error, with its place in the program", () => {
  lines.write(`TypeError: one that was caught
    at file:///home/server.js:1:1
file:///home/server.js:3
throw new Error("x");
      ^

Error: x
    at file:///home/node_modules/portico/index.js:1:2
    at file:///home/server.js:3:7

Node.js v20
`);
  expect(lines.failure("server.js")).toEqual({ text: "Error: x", place: { line: 3, column: 7 } });
});

test("of what does not parse the place stands before the error", () => {
  lines.write(
    "file:///home/server.js:12\nconst a = ;\n          ^\n\nSyntaxError: Unexpected token ';'\n    at compile (node:internal)\n",
  );
  expect(lines.failure("server.js")).toEqual({
    text: "SyntaxError: Unexpected token ';'",
    place: { line: 12, column: 1 },
  });
  expect(new OutputLines(() => {}).failure("server.js")).toBeUndefined();
});
