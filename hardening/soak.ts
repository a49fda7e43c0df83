/**
 * Mixed traffic for minutes: undici, curl, wrk and WebSockets, some of them aborted, on a server that is closed and
 * opened again all the while. Every request is accounted for, and what the server holds is looked at each time that
 * it is closed. The seed decides what is sent and when; the order in which it comes is the machine's.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";
import { root } from "../scripts/entries.mjs";
import { Child } from "./child.ts";
import { fail, type Ledger, ledger, missing } from "./ledger.ts";
import { between, type Random, random, sleep } from "./random.ts";
import type { SoakSample, SoakServerReport, SoakSettings } from "./soak-server.child.ts";
import type { TrafficReport, TrafficSettings } from "./soak-traffic.child.ts";

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  /** How long the server lives between two restarts, on the mean. */
  readonly lifeMs: number;
}

export interface SoakReport {
  readonly books: Readonly<Record<string, Ledger>>;
  readonly server: SoakServerReport;
}

const CURLS = 2;
const WRK_CONNECTIONS = 4;

export async function soak({ seconds, seed, lifeMs }: SoakOptions): Promise<SoakReport> {
  const children: Child[] = [];
  const start = async (path: string, settings: object, nodeArgs: readonly string[] = []) => {
    const child = await Child.start(path, { args: [JSON.stringify(settings)], nodeArgs });
    children.push(child);
    return child;
  };
  try {
    const serverSettings: SoakSettings = { seed, seconds: seconds + 4, lifeMs };
    const server = await start("hardening/soak-server.child.ts", serverSettings, ["--expose-gc"]);
    const { port } = await server.message<{ port: number }>();
    const trafficSettings: TrafficSettings = { port, seed, seconds, undici: 12, sockets: 6 };
    const traffic = await start("hardening/soak-traffic.child.ts", trafficSettings);
    const curl = ledger();
    const endsAt = performance.now() + seconds * 1000;
    const [reports, wrk] = await Promise.all([
      traffic.message<TrafficReport>(),
      runWrk(port, seconds),
      ...Array.from({ length: CURLS }, (_, index) => curlLoop(port, random(seed * 10 + index), endsAt, curl)),
    ]);
    const report = await server.ask<SoakServerReport>({});
    return { books: { ...reports, curl, ...(wrk ? { wrk } : {}) }, server: report };
  } finally {
    for (const child of children) child.kill();
  }
}

async function curlLoop(port: number, next: Random, endsAt: number, book: Ledger): Promise<void> {
  const at = (target: string) => `http://127.0.0.1:${port}${target}`;
  while (performance.now() < endsAt) {
    const kind = next();
    const args =
      kind < 0.4
        ? [at("/")]
        : kind < 0.6
          ? ["--data-binary", "x".repeat(between(next, 1, 50_000)), at("/upload")]
          : kind < 0.8
            ? [at(`/stream?chunks=${between(next, 1, 100)}`)]
            : ["--max-time", "0.05", at(`/slow?ms=${between(next, 1, 100)}`)];
    book.sent++;
    const { code, output } = await run("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", ...args]);
    if (code === 0 && output === "200") book.answered++;
    else fail(book, code === 0 ? `status ${output}` : `curl ${code}`);
    await sleep(between(next, 0, 500));
  }
}

/** Nothing where there is no wrk. */
async function runWrk(port: number, seconds: number): Promise<Ledger | undefined> {
  const args = ["-t1", `-c${WRK_CONNECTIONS}`, `-d${seconds}s`, "-s", join(root, "hardening/soak.lua")];
  const { output } = await run("wrk", [...args, `http://127.0.0.1:${port}/`]).catch(() => ({
    output: "none",
  }));
  if (output === "none") return undefined;
  const line = /^\{"sent".*\}$/m.exec(output)?.[0];
  if (line === undefined) throw new Error(`wrk said nothing of use:\n${output}`);
  const { sent, answered, wrong, read, write } = JSON.parse(line) as Record<string, number>;
  const book: Ledger = { sent: sent ?? 0, answered: (answered ?? 0) - (wrong ?? 0), failed: {} };
  fail(book, "a wrong answer", wrong);
  // Its `read` counts connections too that were closed while nothing was asked, so what is open is what is missing.
  const open = missing(book);
  const lost = Math.min(open, (read ?? 0) + (write ?? 0));
  fail(book, "connection lost", lost);
  fail(book, "under way at the end", Math.min(open - lost, WRK_CONNECTIONS));
  return book;
}

function run(command: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

/** Causes that a restart, an abort or a server that is closed without grace has; anything else is a fault. */
const named: Readonly<Record<string, readonly string[]>> = {
  undici: ["aborted by the client", "ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"],
  handshakes: ["ECONNREFUSED", "ECONNRESET", "EPIPE", "socket hang up"],
  // 1001: the server goes; 1006: without a word, as it does that is closed without grace.
  messages: ["closed with 1001", "closed with 1006"],
  // Refused, timed out (an abort), nothing or too little came, a reset while sending or receiving.
  curl: ["curl 7", "curl 28", "curl 18", "curl 52", "curl 55", "curl 56"],
  wrk: ["connection lost", "under way at the end"],
};

export function check({ books, server }: SoakReport): void {
  for (const [name, book] of Object.entries(books)) {
    expect(missing(book), name).toBe(0);
    expect(book.answered, name).toBeGreaterThan(0);
    expect(named[name], name).toEqual(expect.arrayContaining(Object.keys(book.failed)));
  }
  expect(missing(server.requests)).toBe(0);
  const asked = ["undici", "curl", "wrk", "handshakes"].map((name) => books[name]?.answered ?? 0);
  expect(server.requests.sent).toBeGreaterThanOrEqual(asked.reduce((sum, count) => sum + count, 0));
  checkGrowth(server.samples);
}

/** After a quarter for warming up: nothing is left of what was closed, and the heap stays where it was. */
function checkGrowth(samples: readonly SoakSample[]): void {
  const warm = samples.slice(Math.ceil(samples.length / 4));
  expect(warm.length).toBeGreaterThan(2);
  const early = warm.slice(0, Math.ceil(warm.length / 2));
  const late = warm.slice(Math.floor(warm.length / 2));
  // Medians: a sample may catch what is about to be collected, or a file that is open for a moment.
  const middle = (of: readonly SoakSample[], kind: keyof SoakSample) =>
    median(of.map((sample) => sample[kind]));
  for (const kind of ["descriptors", "sockets", "timers", "tcpHandles", "listeners"] as const)
    expect(middle(late, kind), kind).toBeLessThanOrEqual(middle(early, kind));
  expect(middle(late, "heapBytes")).toBeLessThan(middle(early, "heapBytes") * 1.03 + 300_000);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

export function describe({ books, server }: SoakReport): string {
  const line = (name: string, { sent, answered, failed }: Ledger) =>
    `${name.padEnd(11)} ${sent} sent = ${answered} answered + ${JSON.stringify(failed)}`;
  const { samples } = server;
  const heap = samples.map(({ heapBytes }) => (heapBytes / 1e6).toFixed(2)).join(" ");
  return [
    ...Object.entries(books).map(([name, book]) => line(name, book)),
    line("server", server.requests),
    `errors that the server reported: ${JSON.stringify(server.errors)}`,
    `${samples.length} restarts; held at the first and the last: ${JSON.stringify(samples[0])} ${JSON.stringify(samples.at(-1))}`,
    `heap in MB, each time: ${heap}`,
    `sockets, each time: ${samples.map(({ sockets }) => sockets).join(" ")}`,
  ].join("\n");
}
