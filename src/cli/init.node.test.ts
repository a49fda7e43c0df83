import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { initCommand } from "./init.ts";

let scratch: string;
const said: string[] = [];

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "portico-init-"));
  said.length = 0;
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => said.push(String(text)) > 0);
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(scratch, { recursive: true });
});

describe("portico init", () => {
  it("copies the worker, making the directory, and over an older copy", async () => {
    const worker = join(scratch, "worker.js");
    await writeFile(worker, "// new");
    const directory = join(scratch, "site", "public");
    expect(await initCommand(directory, pathToFileURL(worker))).toBe(0);
    await writeFile(join(directory, "portico-sw.js"), "// old");
    expect(await initCommand(directory, pathToFileURL(worker))).toBe(0);
    expect(await readFile(join(directory, "portico-sw.js"), "utf8")).toBe("// new");
    expect(said.join("")).toContain("exposeNetwork");
  });

  it("says why when it can't", async () => {
    const file = join(scratch, "file");
    await writeFile(file, "");
    expect(await initCommand(file, pathToFileURL(file))).toBe(1);
    expect(said.join("")).toContain("is not a directory");
    expect(await initCommand(join(scratch, "new"), pathToFileURL(join(scratch, "missing.js")))).toBe(1);
    expect(said.join("")).toContain("ENOENT");
  });
});
