import { describe, expect, it } from "vitest";
import { ask } from "./fake-request.ts";
import { serveFiles } from "./files.ts";
import { memoryFiles } from "./memory.ts";
import { counting, record } from "./sample-site.ts";
import type { FileSource } from "./source.ts";

describe("what is opened", () => {
  it("is closed on every way out", async () => {
    const source = counting(memoryFiles({ ...record, "strange/index.html/file": "" }));
    const site = serveFiles(source, { listing: true });
    for (const target of [
      "/",
      "/app.js",
      "/app.js/",
      "/docs",
      "/docs/",
      "/pictures/",
      "/strange/",
      "/none",
      "/empty.txt",
    ]) {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
        for (const headers of [
          { "Accept-Encoding": "br" },
          { "Accept-Encoding": "*;q=0" },
          { Range: "bytes=0-0,-1" },
          { Range: "bytes=5000000-" },
          { "If-Match": '""' },
          { "If-None-Match": "*" },
        ]) {
          await ask(site, target, headers as Record<string, string>, method);
          expect(source.left()).toBe(0);
        }
      }
    }
  });

  it("is closed when reading or answering fails", async () => {
    const failing: FileSource = {
      open: () => ({ kind: "file", size: 5, read: () => Promise.reject(new Error("disk")), close() {} }),
    };
    const source = counting(failing);
    await expect(ask(serveFiles(source), "/a.png")).rejects.toThrow("disk");
    expect(source.left()).toBe(0);
  });
});
