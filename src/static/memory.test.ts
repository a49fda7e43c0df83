import { describe, expect, it } from "vitest";
import { memoryFiles } from "./memory.ts";

describe("memoryFiles", () => {
  it("refuses content that is neither text nor bytes, and says of which file", () => {
    for (const content of [5, null, undefined, new ArrayBuffer(4), { content: new ArrayBuffer(4) }, {}]) {
      expect(() => memoryFiles({ "a/b": content as string })).toThrow(
        new TypeError('the content of "a/b" has to be a string or a Uint8Array'),
      );
    }
  });

  it("refuses paths that nobody could ask for, and files that are directories", () => {
    for (const path of ["", "/", "a//b", "../a", "a/", "a\\b", "nul"]) {
      expect(() => memoryFiles({ [path]: "" })).toThrow(TypeError);
    }
    expect(() => memoryFiles({ a: "", "a/b": "" })).toThrow(TypeError);
    expect(() => memoryFiles({ "a/b": "", a: "" })).toThrow(TypeError);
  });
});
