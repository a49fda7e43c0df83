/** Servers that end while they are asked, and others that take their place: real processes, real signals. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, connect as netConnect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { root } from "../scripts/entries.mjs";
import { bundleProgram } from "../scripts/program.ts";
import { Child } from "./child.ts";
import type { HammerSettings } from "./hammer.child.ts";
import { type Ledger, missing } from "./ledger.ts";
import { sleep } from "./random.ts";
import type { ServerFigures, ServerSettings } from "./server.child.ts";

const children: Child[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

async function start(path: string, settings: object, options: object = {}): Promise<Child> {
  const child = await Child.start(path, { args: [JSON.stringify(settings)], ...options });
  children.push(child);
  return child;
}

const serve = (settings: ServerSettings, options: object = {}) =>
  start("hardening/server.child.ts", { address: "127.0.0.1", ...settings }, options);

const portOf = async (server: Child) => (await server.message<{ port: number }>()).port;

type Closed = ServerFigures & { closed: true };

describe("close() under load", () => {
  it("loses no request that it accepted", async () => {
    for (let round = 0; round < 3; round++) {
      const server = await serve({});
      const port = await portOf(server);
      const settings: HammerSettings = { port, clients: 50, target: "/slow?ms=40", everyMs: 5 };
      const hammer = await start("hardening/hammer.child.ts", settings);
      await sleep(1500);
      const closed = await server.ask<Closed>({ ask: "close" });
      const book = await hammer.ask<Ledger>({});
      expect(missing(book)).toBe(0);
      expect(book.answered).toBe(closed.requests);
      expect(closed.errors).toEqual([]);
      // Behind the end of its listening all are refused. Who was in the kernel's queue at that moment is reset, and
      // nothing of it was accepted: as many were answered as came to the callback.
      const { ECONNREFUSED = 0, ECONNRESET: _, ...others } = book.failed;
      expect(others).toEqual({});
      expect(ECONNREFUSED).toBeGreaterThan(0);
      expect(await server.exit()).toBe(0);
    }
  });
});

describe("a restart", () => {
  it("with an inherited descriptor refuses, resets and loses nobody", async () => {
    const manager = createServer().listen(0, "127.0.0.1");
    await once(manager, "listening");
    const { port } = manager.address() as { port: number };
    const fd = (manager as unknown as { _handle: { fd: number } })._handle.fd;
    const generations: Child[] = [];
    for (let generation = 0; generation < 4; generation++)
      generations.push(await serve({ fd: 4, wait: generation > 0 }, { descriptors: [fd] }));
    await portOf(generations[0]!);
    manager.close();

    const settings: HammerSettings = { port, clients: 30, target: "/slow?ms=20", everyMs: 10 };
    const hammer = await start("hardening/hammer.child.ts", settings);
    let requests = 0;
    for (const [generation, server] of generations.entries()) {
      await sleep(1000);
      const next = generations[generation + 1];
      if (next === undefined) continue;
      await next.ask({ ask: "listen" });
      requests += (await server.ask<Closed>({ ask: "close" })).requests;
    }
    const book = await hammer.ask<Ledger>({});
    expect(book.failed).toEqual({});
    expect(book.answered).toBe(book.sent);
    const last = await generations.at(-1)!.ask<ServerFigures>({ ask: "figures" });
    expect(requests + last.requests).toBe(book.sent);
    expect(last.requests).toBeGreaterThan(0);
  });
});

const program = join(root, "node_modules/.cache/portico-hardening/cli.mjs");

describe("SIGTERM to the command line's server", () => {
  it("lets the downloads that are under way finish, takes no new ones, and ends with 0", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portico-"));
    writeFileSync(join(folder, "large.bin"), "");
    truncateSync(join(folder, "large.bin"), 20_000_000);
    await bundleProgram(join(root, "src/cli.ts"), program);
    const cli = spawn(process.execPath, [program, "--port", "0", "--no-log", folder], { stdio: "pipe" });
    try {
      const [text] = (await once(cli.stdout.setEncoding("utf8"), "data")) as [string];
      const port = Number(/:(\d+)\//.exec(text)?.[1]);
      const downloads = Array.from({ length: 20 }, () => download(port));
      await Promise.all(downloads.map(({ begun }) => begun));
      cli.kill("SIGTERM");
      await once(cli.stderr, "data");
      await expect.poll(() => refused(port)).toBe(true);
      for (const { goOn } of downloads) goOn();
      const lengths = await Promise.all(downloads.map(({ length }) => length));
      expect(new Set(lengths)).toEqual(new Set([20_000_000]));
      if (cli.exitCode === null) await once(cli, "exit");
      expect(cli.exitCode).toBe(0);
    } finally {
      cli.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A client that reads the first of the file and no more before it is told to. */
function download(port: number) {
  const socket = netConnect({ port, host: "127.0.0.1" });
  let length = 0;
  socket.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
  const begun = new Promise<void>((resolve) => {
    socket.once("data", (bytes) => {
      socket.pause();
      length -= bytes.indexOf("\r\n\r\n") + 4;
      length += bytes.length;
      socket.on("data", (more) => {
        length += more.length;
      });
      socket.pause();
      resolve();
    });
  });
  const ended = once(socket, "close").then(() => length);
  return { begun, length: ended, goOn: () => socket.resume() };
}

function refused(port: number): Promise<boolean> {
  const socket = netConnect({ port, host: "127.0.0.1" });
  return new Promise((resolve) => {
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error: Error & { code?: string }) => resolve(error.code === "ECONNREFUSED"));
  });
}

/** A Node that has SO_REUSEPORT: this one, or the one that the bench pins, from npm. */
function nodeWithReusePort(): string {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 23 || (major === 22 && minor >= 12) || (major === 23 && minor > 0)) return process.execPath;
  const folder = join(root, ".build/node24");
  const path = join(folder, "node_modules/node24/bin/node");
  if (!existsSync(path)) {
    const peers = readFileSync(join(root, "bench/peers/package.json"), "utf8");
    const { optionalDependencies } = JSON.parse(peers) as { optionalDependencies: Record<string, string> };
    const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
    spawnSync("npm", ["install", "--prefix", folder, ...flags, `node24@${optionalDependencies.node24}`]);
    chmodSync(path, 0o755);
  }
  return path;
}

describe.runIf(process.platform === "linux" && process.arch === "x64")("a restart with reusePort", () => {
  it("refuses nobody", async () => {
    const node = nodeWithReusePort();
    const first = await serve({ options: { reusePort: true } }, { node });
    const port = await portOf(first);
    const hammer = await start("hardening/hammer.child.ts", {
      port,
      clients: 10,
      target: "/slow?ms=20",
      everyMs: 20,
    });
    let old = first;
    for (let generation = 0; generation < 3; generation++) {
      await sleep(800);
      const next = await serve({ port, options: { reusePort: true } }, { node });
      await portOf(next);
      await old.ask<Closed>({ ask: "close" });
      old = next;
    }
    await sleep(500);
    const book = await hammer.ask<Ledger>({});
    // A connection that is established in the instant between the last accept and the end is reset by Linux.
    const { ECONNRESET = 0, ...others } = book.failed;
    expect(others).toEqual({});
    expect(ECONNRESET).toBeLessThan(3);
    expect(book.answered).toBeGreaterThan(100);
  });
});
