import { describe, expect, test } from "vitest";
import { readAsk } from "../preview/protocol.ts";
import { readDockReport } from "../preview-origin/protocol.ts";
import { formatAll, inspect } from "./inspect.ts";
import { BATCH_ENTRIES, ENTRY_CHARACTERS, readReport } from "./protocol.ts";

describe("reports of the sandboxed worker", () => {
  test.each([
    [null],
    ["console"],
    [{ type: "other" }],
    [{ type: "listen", port: 0 }],
    [{ type: "listen", port: 65_536 }],
    [{ type: "unlisten", port: "80" }],
    [{ type: "console", entries: "x", dropped: 0 }],
    [{ type: "console", entries: new Array(BATCH_ENTRIES + 1), dropped: 0 }],
    [{ type: "console", entries: [], dropped: "1" }],
  ])("that make no sense are none: %j", (data) => {
    expect(readReport(data)).toBeUndefined();
  });

  test("are taken for what they may be, and no more", () => {
    expect(readReport({ type: "failed", text: "x".repeat(1e6), place: { line: 0, column: 1 } })).toEqual({
      type: "failed",
      text: "x".repeat(ENTRY_CHARACTERS),
      place: undefined,
    });
    expect(
      readReport({ type: "console", entries: [null, { level: "alert", text: 7 }], dropped: -3.5 }),
    ).toEqual({
      type: "console",
      entries: [
        { level: "log", text: "" },
        { level: "log", text: "" },
      ],
      dropped: 0,
    });
  });
});

describe("what a page of the preview asks for", () => {
  test.each([
    [null],
    [{ type: "fetch" }],
    [{ type: "open", url: 1 }],
    [{ type: "fetch", url: "/", method: "GET" }],
  ])("that makes no sense is nothing: %j", (data) => {
    expect(readAsk(data)).toBeUndefined();
  });

  test("has its fields read one by one", () => {
    const asked = {
      type: "fetch",
      url: "/",
      method: "POST",
      headers: [["a", "b"], ["c"], 7, ["d", 1]],
      body: "text",
    };
    expect(readAsk(asked)).toEqual({
      type: "fetch",
      url: "/",
      method: "POST",
      headers: [
        ["a", "b"],
        ["d", "1"],
      ],
      body: undefined,
    });
  });
});

test("what the dock says is read for its shape", () => {
  expect(readDockReport({ type: "docked", session: "0f".repeat(16) })).toEqual({
    type: "docked",
    session: "0f".repeat(16),
  });
  expect(readDockReport({ type: "docked", session: "/../x" })).toBeUndefined();
  expect(readDockReport({ type: "failed", code: "<b>" })).toEqual({ type: "failed", code: "Unknown" });
  expect(readDockReport(7)).toBeUndefined();
});

describe("values as text", () => {
  test.each([
    [["%s is %d", "a", "7", { b: 1 }], "a is 7 { b: 1 }"],
    [["100%", 1], "100% 1"],
    [[[1, [2, { a: [{ b: {} }] }]]], "[1, [2, { a: [{…}] }]]"],
    [[new Map([["k", new Set([1n])]])], 'Map(1) {"k" => Set(1) {1n}}'],
    [[new Uint8Array(3)], "Uint8Array(3) [0, 0, 0]"],
  ])("%j", (values, text) => {
    expect(formatAll(values as unknown[])).toBe(text);
  });

  test("are shown even when they fight back, and never without end", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(inspect(circle)).toBe("{ self: [circular] }");
    const trap = {
      get x(): never {
        throw new Error("no");
      },
    };
    expect(inspect(trap)).toBe("[a value that can't be shown]");
    expect(inspect(new Array(1000).fill(1))).toContain("… 900 more");
  });
});
