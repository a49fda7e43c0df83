import { expect, it } from "vitest";
import { isWindowsName } from "./windows-name.ts";

it("takes names that open another file on Windows for no names", () => {
  for (const name of [
    "a.txt.",
    "a.txt ",
    "a.txt::$DATA",
    "a:b",
    "GIT~1",
    "SECRET~1.TXT",
    "a*",
    "what?",
    'a"b',
  ]) {
    expect(isWindowsName(name), name).toBe(false);
  }
  for (const name of ["a.txt", ".git", "a b.txt", "a~", "backup~copy.txt", "longer-name~1.txt", "a..b"]) {
    expect(isWindowsName(name), name).toBe(true);
  }
});
