/**
 * Abusers of every kind at once beside ordinary clients: server, abusers and ordinary clients in processes of
 * their own. What a peer does not read stays in the kernel, on loopback about 2.6 MB a connection: thousands of
 * slow readers reach its own limit (`net.ipv4.tcp_mem`), which slows everybody's connections down a little.
 */
import { expect } from "vitest";
import { type AbuserKind, type AbuserReport, type AbuserSettings, kindNames, kinds } from "./abuser-kinds.ts";
import { Child } from "./child.ts";
import type { OrdinaryFigures } from "./ordinary.child.ts";
import { sleep } from "./random.ts";
import type { ServerFigures, ServerSettings } from "./server.child.ts";

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
}

/** What was seen. */
export interface AbuseFigures {
  readonly quiet: OrdinaryFigures;
  readonly abused: OrdinaryFigures;
  readonly after: OrdinaryFigures;
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

export async function abuse(options: AbuseOptions): Promise<AbuseFigures> {
  const { count, timeoutMs, lingerMs } = options;
  const children: Child[] = [];
  const start = async (path: string, settings: object, nice = 0) => {
    const child = await Child.start(path, { args: [JSON.stringify(settings)], nice });
    children.push(child);
    return child;
  };
  try {
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
    const server = await start("hardening/server.child.ts", settings);
    const { port } = await server.message<{ port: number }>();
    const ordinary = await start("hardening/ordinary.child.ts", { port, clients: CLIENTS, everyMs: 50 });
    await sleep(1000);
    await ordinary.ask({});
    await sleep(options.quietMs);
    const quiet = await ordinary.ask<OrdinaryFigures>({});
    const before = await server.ask<ServerFigures>({ ask: "figures" });

    const gangs: Child[] = [];
    for (let first = 0; first < kindNames.length; first += KINDS_IN_A_PROCESS) {
      const kinds = kindNames.slice(first, first + KINDS_IN_A_PROCESS);
      const perSecond = (options.perSecond * kinds.length) / kindNames.length;
      const from = 2 + gangs.length;
      const gang: AbuserSettings = { port, count, kinds, perSecond, from };
      gangs.push(await start("hardening/abusers.child.ts", gang, 19));
    }
    const peak = watchPeak(server, before);
    const reports = await Promise.all(gangs.map((gang) => gang.message<AbuserReport>()));
    const { peakConnections, bytesPerConnection } = await peak.stop();
    const abused = await ordinary.ask<OrdinaryFigures>({});
    await sleep(options.quietMs);
    const last = await server.ask<ServerFigures>({ ask: "figures" });
    return {
      quiet,
      abused,
      after: await ordinary.ask<OrdinaryFigures>({}),
      report: Object.assign({}, ...reports) as AbuserReport,
      peakConnections,
      bytesPerConnection,
      descriptorsBefore: before.descriptors,
      descriptorsAfter: last.descriptors,
      errors: last.errors,
    };
  } finally {
    for (const child of children) child.kill();
  }
}

/** Looks at the server every half second. */
function watchPeak(server: Child, before: ServerFigures) {
  let peakConnections = 0;
  let peakBytes = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const now = await server.ask<ServerFigures>({ ask: "figures" });
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

/** What has to hold whatever the numbers are. `slackMs` is what a busy machine may take on top. */
export function check(figures: AbuseFigures, options: AbuseOptions, slackMs: number): void {
  const { count, timeoutMs, lingerMs } = options;
  for (const kind of kindNames) {
    const { connected, longestMs, statuses } = figures.report[kind];
    expect(connected, kind).toBe(count);
    // Who does not read makes progress as long as the kernel takes something for him, and his time starts anew.
    const waits = "reads" in kinds[kind] ? 3 : 1;
    expect(longestMs, kind).toBeLessThan(waits * timeoutMs + lingerMs + slackMs);
    expect([told[kind], "none"], kind).toEqual(expect.arrayContaining(Object.keys(statuses)));
  }
  expect(figures.peakConnections).toBeGreaterThan(count * 6);
  expect(figures.bytesPerConnection).toBeLessThan(MAX_BYTES_PER_CONNECTION);
  expect(figures.abused.lost).toBe(0);
  expect(figures.after.lost).toBe(0);
  expect(figures.descriptorsAfter).toBeLessThan(figures.descriptorsBefore + 10);
  expect(figures.errors).toEqual([]);
}

/** Milliseconds of the ordinary clients' slowest hundredth, and how many times the quiet one that is. */
export function slowdown({ quiet, abused, after }: AbuseFigures): number {
  return abused.p99Ms / Math.max(quiet.p99Ms, after.p99Ms);
}

export function describe(figures: AbuseFigures): string {
  const line = (name: string, { answered, p50Ms, p99Ms, worstMs }: OrdinaryFigures) =>
    `${name.padEnd(8)} ${answered} answers, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, worst ${worstMs.toFixed(1)} ms`;
  return [
    line("quiet", figures.quiet),
    line("abused", figures.abused),
    line("after", figures.after),
    `at most ${figures.peakConnections} connections, ${Math.round(figures.bytesPerConnection)} bytes of memory each`,
    ...kindNames.map((kind) => {
      const { connected, longestMs, statuses } = figures.report[kind];
      return `${kind.padEnd(27)} ${connected} gone within ${(longestMs / 1000).toFixed(1)} s, told ${JSON.stringify(statuses)}`;
    }),
  ].join("\n");
}
