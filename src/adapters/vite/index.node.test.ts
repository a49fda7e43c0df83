import { expect, it } from "vitest";
import { porticoWorker } from "./index.ts";

it("refuses a file name that is not below Vite's base, which Vite would answer with index.html", () => {
  for (const fileName of ["/sw.js", "", "../sw.js", "a//b.js", "./sw.js", 5 as never])
    expect(() => porticoWorker({ fileName }), String(fileName)).toThrow("fileName must be a path below");
  for (const fileName of ["sw.js", "a/b/sw.js", ".well-known/sw.js", "..sw.js"])
    expect(porticoWorker({ fileName }).name).toBe("portico:worker");
});
