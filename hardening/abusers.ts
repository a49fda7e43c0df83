/**
 * Abusers of every kind at once beside ordinary clients: server, abusers and ordinary clients in processes of
 * their own, and a second server that is left alone, for comparison.
 */
import { expect } from "vitest";
import { type AbuserKind, type AbuserReport, type AbuserSettings, kindNames, kinds } from "./abuser-kinds.ts";
import { Child, type ChildOptions } from "./child.ts";
import type { OrdinaryFigures, OrdinarySettings, Times } from "./ordinary.child.ts";
import { OwnNet } from "./own-net.ts";
import { sleep } from "./random.ts";
import type { ServerFigures, ServerSettings, ServerSize } from "./server.child.ts";

export interface AbuseOptions {
  /** Of each kind. */
  readonly count: number;
  /** New connections of abusers. */
  readonly perSecond: number;
  /** Every timeout of the server but `lingerMs`. */
  readonly timeoutMs: number;
  readonly lingerMs: number;
  /** How long the ordinary clients are alone at first, and afterwards. */
  readonly quietMs: number;
  /** What a busy machine may take on top of a timeout. */
  readonly slackMs: number;
  /** How many times the control's p99 the ordinary clients' may be. */
  readonly maxSlowdown: number;
  /** How far the abusers stand back: whoever else is at work starves a process of 19, which then hears late of its end. */
  readonly nice: number;
}

/** The whole test. */
export async function standAbuse(options: AbuseOptions): Promise<void> {
  const net = await OwnNet.make();
  try {
    const figures = await abuse(options, net);
    console.log(
      net ? "in a network of its own" : "in the machine's network, as its kernel is set",
      describe(figures),
    );
    check(figures, options, net ? 1 : MAX_WAITS);
  } finally {
    net?.remove();
  }
}

/**
 * As kernels are set by default they hold up to 4 MB for who does not read, and less where they are short of memory:
 * then what is freed by those who are gone is taken for those who are not, which is progress as far as a server sees.
 */
const MAX_WAITS = 3;

/** Before the abusers come, until the last of them is gone, and when they are gone. */
const phases = ["quiet", "abused", "after"] as const;

/** What was seen. */
interface AbuseFigures {
  readonly ordinary: Readonly<Record<(typeof phases)[number], OrdinaryFigures>>;
  readonly report: AbuserReport;
  /** Most connections that the server had at once, by its descriptors. */
  readonly peakConnections: number;
  /** Resident memory above the quiet server's, at the peak, by connection. */
  readonly bytesPerConnection: number;
  readonly descriptorsBefore: number;
  readonly descriptorsAfter: number;
  readonly errors: readonly string[];
}

/** No process may have more descriptors than this machine lets one have, so the abusers are in several. */
const KINDS_IN_A_PROCESS = 4;
const CLIENTS = 50;

async function abuse(options: AbuseOptions, net: OwnNet | undefined): Promise<AbuseFigures> {
  const children: Child[] = [];
  // What is measured goes before whatever else the machine does, where that can be had.
  const start: Start = async (path, settings, { nice = net ? -15 : 0, nodeArgs = [] } = {}) => {
    const prefix = net?.prefix ?? [];
    const child = await Child.start(path, { args: [JSON.stringify(settings)], nice, prefix, nodeArgs });
    children.push(child);
    return child;
  };
  try {
    const [server, port] = await startServer(start, options);
    const [, controlPort] = await startServer(start, options);
    const clients: OrdinarySettings = { ports: [port, controlPort], clients: CLIENTS, everyMs: 50 };
    const ordinary = await start("hardening/ordinary.child.ts", clients);
    const seen = () => ordinary.ask<OrdinaryFigures>({});
    await sleep(1000);
    await seen();
    await sleep(options.quietMs);
    const quiet = await seen();
    const before = await server.ask<ServerFigures>({ ask: "figures" });
    const peak = watchPeak(server, before);
    const gangs = await startGangs(start, options, port);
    const reports = await Promise.all(gangs.map((gang) => gang.message<AbuserReport>()));
    const abused = await seen();
    const atPeak = await peak.stop();
    await sleep(options.quietMs);
    const last = await server.ask<ServerFigures>({ ask: "figures" });
    return {
      ordinary: { quiet, abused, after: await seen() },
      report: Object.assign({}, ...reports) as AbuserReport,
      ...atPeak,
      descriptorsBefore: before.descriptors,
      descriptorsAfter: last.descriptors,
      errors: last.errors,
    };
  } finally {
    for (const child of children) child.kill();
  }
}

type Start = (
  path: string,
  settings: object,
  options?: Pick<ChildOptions, "nice" | "nodeArgs">,
) => Promise<Child>;

/** What the project's README advises where processors are few: collections by themselves, and short. */
const V8_OPTIONS = ["--v8-pool-size=1", "--max-semi-space-size=4"];

async function startServer(start: Start, { timeoutMs, lingerMs }: AbuseOptions) {
  const timeouts = {
    headersMs: timeoutMs,
    bodyMs: timeoutMs,
    keepAliveMs: timeoutMs,
    writeStallMs: timeoutMs,
    lingerMs,
  };
  const settings: ServerSettings = {
    address: "127.0.0.1",
    options: { timeouts, limits: { maxConnections: Number.MAX_SAFE_INTEGER } },
  };
  const server = await start("hardening/server.child.ts", settings, { nodeArgs: V8_OPTIONS });
  const { port } = await server.message<{ port: number }>();
  return [server, port] as const;
}

async function startGangs(start: Start, options: AbuseOptions, port: number): Promise<Child[]> {
  const gangs: Child[] = [];
  for (let first = 0; first < kindNames.length; first += KINDS_IN_A_PROCESS) {
    const kinds = kindNames.slice(first, first + KINDS_IN_A_PROCESS);
    const perSecond = (options.perSecond * kinds.length) / kindNames.length;
    const from = 2 + gangs.length;
    const gang: AbuserSettings = { port, count: options.count, kinds, perSecond, from };
    gangs.push(await start("hardening/abusers.child.ts", gang, { nice: options.nice }));
  }
  return gangs;
}

/** Looks at the server every half second. */
function watchPeak(server: Child, before: ServerFigures) {
  let peakConnections = 0;
  let peakBytes = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const now = await server.ask<ServerSize>({ ask: "size" });
      peakConnections = Math.max(peakConnections, now.descriptors - before.descriptors);
      peakBytes = Math.max(peakBytes, now.rssBytes - before.rssBytes);
      await sleep(500);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      return { peakConnections, bytesPerConnection: peakBytes / Math.max(1, peakConnections) };
    },
  };
}

/** Resident memory that a connection may take on the mean of all kinds: the bound that README.md states. */
const MAX_BYTES_PER_CONNECTION = 196_608;

/** What a kind is told before it is closed, unless a reset overtook it: nobody reads slower than an abuser. */
const told: Partial<Record<AbuserKind, string>> = {
  "slow header": "408",
  "slow body": "408",
  idle: "200",
  "one byte a second": "408",
  "endless header": "431",
  "endless chunk extension": "400",
  "endless trailers": "431",
  "endless tiny chunks": "408",
};

function check(figures: AbuseFigures, options: AbuseOptions, maxWaits: number): void {
  const { count, timeoutMs, lingerMs, slackMs } = options;
  for (const kind of kindNames) {
    const { connected, longestMs, statuses } = figures.report[kind];
    expect(connected, kind).toBe(count);
    const waits = "reads" in kinds[kind] ? maxWaits : 1;
    expect(longestMs, kind).toBeLessThan(waits * timeoutMs + lingerMs + slackMs);
    expect([told[kind], "none"], kind).toEqual(expect.arrayContaining(Object.keys(statuses)));
  }
  expect(figures.peakConnections).toBeGreaterThan(count * 6);
  expect(figures.bytesPerConnection).toBeLessThan(MAX_BYTES_PER_CONNECTION);
  for (const phase of phases) expect(figures.ordinary[phase].lost, phase).toBe(0);
  expect(figures.descriptorsAfter).toBeLessThan(figures.descriptorsBefore + 10);
  expect(figures.errors).toEqual([]);
  expect(slowdown(figures)).toBeLessThan(options.maxSlowdown);
}

/**
 * How many times its quiet self the slowest hundredth takes while there are abusers: of the two quiet times the better
 * one, unless nobody on this machine was as fast at the time.
 */
function slowdown({ ordinary }: AbuseFigures): number {
  const { quiet, abused, after } = ordinary;
  const quietMs = Math.min(quiet.tried.p99Ms, after.tried.p99Ms);
  return abused.tried.p99Ms / Math.max(quietMs, abused.control.p99Ms);
}

function describe(figures: AbuseFigures): string {
  const line = (name: string, { answered, p50Ms, p99Ms, worstMs }: Times) =>
    `${name.padEnd(16)} ${answered} answers, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, worst ${worstMs.toFixed(1)} ms`;
  return [
    ...phases.flatMap((phase) => {
      const { tried, control } = figures.ordinary[phase];
      return [line(phase, tried), line("  its control", control)];
    }),
    `at most ${figures.peakConnections} connections, ${Math.round(figures.bytesPerConnection)} bytes of memory each`,
    ...kindNames.map((kind) => {
      const { connected, longestMs, statuses } = figures.report[kind];
      return `${kind.padEnd(27)} ${connected} gone within ${(longestMs / 1000).toFixed(1)} s, told ${JSON.stringify(statuses)}`;
    }),
  ].join("\n");
}
