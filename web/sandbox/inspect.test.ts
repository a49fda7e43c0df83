import { describe, expect, test } from "vitest";
import { formatAll, inspect } from "./inspect.ts";

describe("values on the console", () => {
  test.each<[string, unknown]>([
    ['{ a: 1n, "b-c": ["x", null], d: undefined }', { a: 1n, "b-c": ["x", null], d: undefined }],
    ["Map(1) {1 => { b: [1, 2] }}", new Map([[1, { b: [1, 2] }]])],
    ['Set(2) {"a", Symbol(b)}', new Set(["a", Symbol("b")])],
    ["Uint8Array(3) [1, 2, 3]", Uint8Array.of(1, 2, 3)],
    ["Invalid Date", new Date(Number.NaN)],
    ['Headers { a: "1" }', new Headers({ A: "1" })],
    ["{ a: { b: { c: { d: {…} } } } }", { a: { b: { c: { d: { e: 1 } } } } }],
  ])("%s", (text, value) => {
    expect(inspect(value)).toBe(text);
  });

  test("have an end, whatever refers to itself", () => {
    const own: unknown[] = [];
    own.push(own);
    expect(inspect(own)).toBe("[[circular]]");
    expect(inspect(Array.from({ length: 1000 }, () => 0))).toMatch(/, … 900 more\]$/);
  });

  test("show what an error was caused by, and no error for ever", () => {
    const error = new Error("bad", { cause: new TypeError("why") });
    expect(inspect(error)).toMatch(/^Error: bad\n[\s\S]*\n\[cause\]: TypeError: why/);
    const circle = new Error("round");
    circle.cause = circle;
    expect(inspect(circle)).toMatch(/^Error: round\n[\s\S]*\n\[cause\]: \[circular\]$/);
  });

  test("that fight back do not win", () => {
    const angry = {
      get bad() {
        throw new Error("no");
      },
    };
    expect(inspect(angry)).toBe("[a value that can't be shown]");
    expect(formatAll(["%d %i %f", Symbol("x"), 1.7, { valueOf: () => angry.bad }])).toBe("NaN 1 NaN");
  });
});

test.each<[readonly unknown[], string]>([
  [["%s is %d years and %o", "Bob", 42, { a: 1 }], "Bob is 42 years and { a: 1 }"],
  [["100%", 1], "100% 1"],
  [["%% %c%s %s", "color: red", "x"], "% x %s"],
  [[1, "%s"], "1 %s"],
  [[], ""],
])("directives of %j", (values, text) => {
  expect(formatAll(values)).toBe(text);
});
