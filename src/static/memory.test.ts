import { describe, expect, it } from "vitest";
import { memoryFiles } from "./memory.ts";

describe("memoryFiles", () => {
  it("refuses paths that nobody could ask for, and files that are directories", () => {
    for (const path of ["", "/", "a//b", "../a", "a/", "a\\b", "nul"]) {
      expect(() => memoryFiles({ [path]: "" })).toThrow(TypeError);
    }
    expect(() => memoryFiles({ a: "", "a/b": "" })).toThrow(TypeError);
    expect(() => memoryFiles({ "a/b": "", a: "" })).toThrow(TypeError);
  });
});
