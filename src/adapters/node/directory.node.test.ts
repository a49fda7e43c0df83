import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FileSource, SourceFile } from "../../static/source.ts";
import { directory } from "./directory.ts";

let base: string;
let root: string;
let source: FileSource;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "portico-")));
  root = join(base, "root");
  fs.mkdirSync(join(root, "sub"), { recursive: true });
  fs.writeFileSync(join(root, "a.txt"), "inside");
  fs.writeFileSync(join(root, "sub", "b.txt"), "below");
  fs.writeFileSync(join(base, "secret.txt"), "SECRET");
  fs.mkdirSync(join(base, "root-not"));
  fs.writeFileSync(join(base, "root-not", "secret.txt"), "SECRET");
  source = directory(root);
});

afterEach(() => {
  expect(openBelow(base)).toEqual([]);
  fs.rmSync(base, { recursive: true, force: true });
});

/** Paths of the descriptors of this process that lead below a directory. */
function openBelow(place: string): string[] {
  return fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(place) ? [path] : [];
    } catch {
      return [];
    }
  });
}

async function readAll(file: SourceFile, start = 0, end = file.size): Promise<string> {
  const content = await file.read(start, end);
  if (content instanceof Uint8Array) return Buffer.from(content).toString();
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function openFile(from: FileSource, ...path: string[]): Promise<SourceFile> {
  const file = await from.open(path);
  if (file?.kind !== "file") throw new Error(`${path.join("/")} is ${file?.kind}`);
  return file;
}

/** The text of a file, or what else stands there. */
async function peek(path: string, from = source): Promise<string | undefined> {
  const entry = await from.open(path.split("/"));
  try {
    return entry?.kind === "file" ? await readAll(entry) : entry?.kind;
  } finally {
    entry?.close();
  }
}

describe("directory", () => {
  it("opens files and directories, and tells size, time and an entity-tag", async () => {
    expect(await peek("a.txt")).toBe("inside");
    expect(await peek("sub")).toBe("directory");
    expect(await peek("sub/b.txt")).toBe("below");
    fs.utimesSync(join(root, "a.txt"), 1000, 784111777);
    const file = await openFile(source, "a.txt");
    expect(file).toMatchObject({
      size: 6,
      modified: 784111777000,
      etag: expect.stringMatching(/^(W\/)?"[\w-]+"$/),
    });
    file.close();
    file.close(); // once is enough, twice does no harm
  });

  it("has a strong entity-tag, another after each change, that of the same size and time included", async () => {
    const path = join(root, "tagged.txt");
    const tagOf = async () => {
      const file = await openFile(source, "tagged.txt");
      file.close();
      return file.etag ?? "";
    };
    const settledTag = () => vi.waitFor(async () => expect(await tagOf()).toMatch(/^"/)).then(tagOf);
    fs.writeFileSync(path, "one");
    fs.utimesSync(path, 1000, 1000);
    const first = await settledTag();
    expect(await tagOf()).toBe(first);
    fs.writeFileSync(path, "two");
    fs.utimesSync(path, 1000, 1000);
    expect(await tagOf()).not.toContain(first);
    expect(await settledTag()).not.toBe(first);
    fs.unlinkSync(path);
  });

  it("takes a file URL", async () => {
    expect(await peek("a.txt", directory(pathToFileURL(root)))).toBe("inside");
  });

  it("finds nothing where nothing is", async () => {
    for (const path of ["none", "a.txt/b", "sub/none", "x".repeat(300)])
      expect(await peek(path)).toBeUndefined();
  });

  it("throws at once for a root that is no directory", () => {
    expect(() => directory(join(base, "none"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
    expect(() => directory(join(root, "a.txt"))).toThrow(expect.objectContaining({ code: "ENOTDIR" }));
  });

  it("gives another entity-tag after a change of size or time", async () => {
    const tags = new Set<string | undefined>();
    for (const [text, time] of [
      ["one", 1000],
      ["one", 2000],
      ["four", 2000],
    ] as const) {
      fs.writeFileSync(join(root, "a.txt"), text);
      fs.utimesSync(join(root, "a.txt"), time, time);
      const file = await openFile(source, "a.txt");
      tags.add(file.etag);
      file.close();
    }
    expect(tags.size).toBe(3);
  });
});

describe("symbolic links", () => {
  beforeEach(() => {
    fs.symlinkSync("sub/b.txt", join(root, "good"));
    fs.symlinkSync(join(root, "sub"), join(root, "good-directory"));
    fs.symlinkSync("../secret.txt", join(root, "bad"));
    fs.symlinkSync(base, join(root, "up"));
    fs.symlinkSync("../root-not", join(root, "beside"));
    fs.symlinkSync("/etc", join(root, "etc"));
    fs.symlinkSync("loop", join(root, "loop"));
    fs.symlinkSync("none", join(root, "dangling"));
    fs.symlinkSync("up/root/a.txt", join(root, "there-and-back"));
  });

  it("are followed inside", async () => {
    expect(await peek("good")).toBe("below");
    expect(await peek("good-directory/b.txt")).toBe("below");
    expect(await peek("there-and-back")).toBe("inside");
  });

  it("lead nowhere else", async () => {
    const out = [
      "bad",
      "up",
      "up/secret.txt",
      "beside/secret.txt",
      "etc/passwd",
      "loop",
      "dangling",
      "good-directory/../bad",
    ];
    for (const path of out) expect(await peek(path), path).toBeUndefined();
  });

  it("may be switched off", async () => {
    const strict = directory(root, { links: "never" });
    expect(await peek("a.txt", strict)).toBe("inside");
    for (const path of ["good", "good-directory", "good-directory/b.txt"]) {
      expect(await peek(path, strict)).toBeUndefined();
    }
  });

  it("in the path of the root itself are no matter", async () => {
    fs.symlinkSync(root, join(base, "link-to-root"));
    expect(await peek("sub/b.txt", directory(join(base, "link-to-root"), { links: "never" }))).toBe("below");
  });

  it("that change while they are opened still never lead out", async () => {
    // Scenario: somebody who may write into the root swaps a link between an inner and an outer file as fast
    // as he can, hoping that it is checked as the one and read as the other.
    const link = join(root, "swapped");
    const spare = join(root, "spare");
    let inner = 0;
    for (let i = 0; i < 200; i++) {
      const opening = Promise.all(Array.from({ length: 16 }, () => peek("swapped")));
      for (let swap = i; swap < i + 15; swap++) {
        fs.symlinkSync(swap % 2 === 0 ? "../secret.txt" : "a.txt", spare);
        fs.renameSync(spare, link);
      }
      for (const text of await opening) {
        expect(text).not.toBe("SECRET");
        if (text === "inside") inner++;
      }
    }
    expect(inner).toBeGreaterThan(0);
  });
});

describe("what is no file", () => {
  it("is not there, and opening it waits for nobody", async () => {
    execFileSync("mkfifo", [join(root, "fifo")]);
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(join(root, "socket"), resolve));
    expect(await peek("fifo")).toBeUndefined();
    expect(await peek("socket")).toBeUndefined();
    await new Promise((resolve) => socket.close(resolve));
  });

  it("isn't served from /dev either", async () => {
    const devices = directory("/dev");
    for (const name of ["null", "zero", "tty", "random"]) expect(await peek(name, devices)).toBeUndefined();
  });
});

describe("reading", () => {
  const big = Buffer.alloc(1_000_000, (Math.PI * 1e9).toString(36));

  beforeEach(() => fs.writeFileSync(join(root, "big"), big));

  it("gives small pieces at once and large ones in pieces of bounded size", async () => {
    const file = await openFile(source, "big");
    expect(await file.read(5, 100)).toEqual(big.subarray(5, 100));
    const content = await file.read(1, 999_999);
    if (content instanceof Uint8Array) throw new Error("not in pieces");
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(big.subarray(1, 999_999))).toBe(true);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(131_072);
    file.close();
  });

  it("breaks off when the file gets shorter, and never pads", async () => {
    const file = await openFile(source, "big");
    const content = await file.read(0, file.size);
    if (content instanceof Uint8Array) throw new Error("not in pieces");
    const pieces = content[Symbol.asyncIterator]();
    await pieces.next();
    fs.truncateSync(join(root, "big"), 200_000);
    await expect(
      (async () => {
        while (!(await pieces.next()).done);
      })(),
    ).rejects.toMatchObject({ code: "FileTruncated" });
    file.close();
  });

  it("serves the file that was opened, although its name is another's by now", async () => {
    const file = await openFile(source, "a.txt");
    fs.writeFileSync(join(root, "new"), "NEW");
    fs.renameSync(join(root, "new"), join(root, "a.txt"));
    expect(await readAll(file)).toBe("inside");
    file.close();
  });

  it("keeps the descriptor until a read on its way has ended", async () => {
    const file = await openFile(source, "big");
    const reading = file.read(0, 100_000);
    file.close();
    expect(openBelow(base)).toHaveLength(1);
    expect(await reading).toHaveLength(100_000);
    expect(openBelow(base)).toHaveLength(0);
    await expect(file.read(0, 1)).rejects.toThrow(TypeError);
  });
});

describe("listing", () => {
  it("names files, directories, and links by what they lead to inside", async () => {
    execFileSync("mkfifo", [join(root, "fifo")]);
    fs.symlinkSync("../secret.txt", join(root, "out"));
    fs.symlinkSync("sub", join(root, "in"));
    const opened = await source.open([]);
    if (opened?.kind !== "directory") throw new Error("no directory");
    const items = [...(await opened.list())].sort((a, b) => (a.name < b.name ? -1 : 1));
    opened.close();
    expect(items).toEqual([
      { name: "a.txt", kind: "file" },
      { name: "in", kind: "directory" },
      { name: "sub", kind: "directory" },
    ]);
  });
});
