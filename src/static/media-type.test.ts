import { describe, expect, it } from "vitest";
import { isCompressible, mediaType } from "./media-type.ts";

describe("mediaType", () => {
  it.each([
    ["a.html", "text/html; charset=utf-8"],
    ["A.HTML", "text/html; charset=utf-8"],
    ["a.js", "text/javascript; charset=utf-8"],
    ["a.mjs", "text/javascript; charset=utf-8"],
    ["a.css", "text/css; charset=utf-8"],
    ["a.json", "application/json"],
    ["a.wasm", "application/wasm"],
    ["a.svg", "image/svg+xml"],
    ["a.tar.gz", "application/gzip"],
    ["a.woff2", "font/woff2"],
    ["json", "application/octet-stream"],
    [".json", "application/octet-stream"],
    ["a.", "application/octet-stream"],
    ["a.constructor", "application/octet-stream"],
    ["a.__proto__", "application/octet-stream"],
    ["a.unknown", "application/octet-stream"],
  ])("%s is %s", (name, type) => {
    expect(mediaType(name, "utf-8")).toBe(type);
  });

  it("lets the caller's types win, and his wish for no charset", () => {
    expect(mediaType("a.txt", "utf-8", { txt: "text/plain; charset=latin1" })).toBe(
      "text/plain; charset=latin1",
    );
    expect(mediaType("a.txt", null)).toBe("text/plain");
  });
});

it("looks for no compressed neighbour of what is compressed", () => {
  for (const type of ["image/png", "video/mp4", "font/woff2", "application/zip"]) {
    expect(isCompressible(type)).toBe(false);
  }
  for (const type of [
    "text/html; charset=utf-8",
    "image/svg+xml",
    "application/wasm",
    "application/octet-stream",
  ]) {
    expect(isCompressible(type)).toBe(true);
  }
});
