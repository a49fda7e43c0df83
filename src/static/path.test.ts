import { describe, expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { formatPath, isPlainName, parseTargetPath } from "./path.ts";

const names = (target: string): unknown => {
  const path = parseTargetPath(target);
  return path.kind === "path" ? path.segments : path.kind === "refused" ? path.status : path.kind;
};

describe("parseTargetPath", () => {
  it.each([
    ["/", []],
    ["/a/b.txt", ["a", "b.txt"]],
    ["/a%20b/%C3%A4", ["a b", "ä"]],
    ["/a/?b=/c", ["a"]],
    ["/?/../x", []],
    ["/a+b;c=d:e@f", ["a+b;c=d:e@f"]],
    ["http://example.org", []],
    ["http://example.org?x", []],
    ["HTTPS://example.org:8080/a/b", ["a", "b"]],
    ["/...", ["..."]],
    ["/..a/b..", ["..a", "b.."]],
  ])("takes %s apart", (target, expected) => {
    expect(names(target)).toEqual(expected);
  });

  it("tells a directory by its slash and keeps the query", () => {
    expect(parseTargetPath("/a/?b")).toEqual({ kind: "path", segments: ["a"], directory: true, query: "?b" });
    expect(parseTargetPath("/a")).toMatchObject({ directory: false, query: "" });
    expect(parseTargetPath("*")).toEqual({ kind: "server" });
  });

  it("decodes once, so that double encoding stays literal", () => {
    expect(names("/%252e%252e/%252f/%255c")).toEqual(["%2e%2e", "%2f", "%5c"]);
  });

  it.each([
    "/..",
    "/../etc/passwd",
    "/a/../b",
    "/./a",
    "/%2e%2e/a",
    "/.%2E/a",
    "/%2e",
    "/a%2fb",
    "/..%2f..%2fa",
    "/a%5cb",
    "/..\\..\\a",
    "/%2e%2e%5ca",
    "//example.org/a",
    "/a//b",
    "/a//",
    "/a%0ab",
    "/a%7f",
    "/C:/Windows",
    "/c%3a/a",
    "/C:a",
    "/nul",
    "/a/CON.txt",
    "/aux.",
    "/com1",
    "/LPT9.log",
    "/com%C2%B2",
    "/nul%20.txt",
    "/NUL:stream",
    "http://example.org/../a",
    "http://example.org//a",
  ])("finds no file at %s", (target) => {
    expect(names(target)).toBe(404);
  });

  it.each([
    "",
    "a",
    "../a",
    "\\a",
    "/a b",
    "/ä",
    "/\0",
    "/a%00.txt",
    "/%",
    "/%2",
    "/%zz",
    "/%c0%ae%c0%ae/a", // overlong ".."
    "/%c0%af",
    "/%e0%80%ae",
    "/%ed%a0%80", // a surrogate
    "/%ff",
    "/a#b",
    "file:///etc/passwd",
    "C:\\a",
    "http:///a",
    "http:a",
  ])("takes %j for no target", (target) => {
    expect(names(target)).toBe(400);
  });

  it("lets names through that only look like devices", () => {
    expect(["console.log", "com10", "nulls", "auxiliary", "com", "conin"].every(isPlainName)).toBe(true);
  });

  it("never gives a name that leads elsewhere, whatever was sent", () => {
    const piece = fc.constantFrom(
      ..."/ \\ . .. %2e %2E %2f %5c %00 %25 %c0%ae % : C: ? # a é \0 \u2215 nul http:// ; ".split(" "),
    );
    const target = fc
      .array(fc.oneof(piece, fc.string({ maxLength: 3 })))
      .map((pieces) => `/${pieces.join("")}`);
    fc.assert(
      fc.property(target, (text) => {
        const path = parseTargetPath(text);
        if (path.kind !== "path") return;
        for (const name of path.segments) expect(name).not.toMatch(/^\.{0,2}$|[/\\]|\0/);
        // A platform's own parser, given the names, stays where it is put.
        const base = new URL("http://h/root/");
        const url = new URL(`.${formatPath(path.segments, path.directory)}`, base);
        expect(url.host).toBe("h");
        expect(url.pathname.startsWith("/root/")).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads back every path that it writes", () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).filter(isPlainName);
    fc.assert(
      fc.property(fc.array(name), fc.boolean(), (segments, directory) => {
        fc.pre(segments.length > 0 || directory);
        const path = formatPath(segments, directory);
        expect(parseTargetPath(path)).toEqual({
          kind: "path",
          segments,
          directory,
          query: "",
        });
      }),
    );
  });
});
