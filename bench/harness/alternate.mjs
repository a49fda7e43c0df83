/**
 * Contestants side by side: all of them run, each on the server's core, and the load visits them in
 * turn, A B C A B C, so that whatever else the machine does falls on all of them alike. After some rounds
 * all are started anew: what a compiler inlined and how the heap lies is luck that a process keeps for life.
 */

import { start } from "./contestant.mjs";
import { coreNanoseconds } from "./machine.mjs";
import { isInstalled } from "./peers.mjs";
import { median, spread } from "./statistics.mjs";
import { wrk } from "./wrk.mjs";

/** Above this share of the server's core spent by others a row is marked as noisy. */
const noisyShare = 0.15;

/** Answers after which a compiler has settled; on a machine that others use they take longer than a second. */
const enoughRequests = 20_000;
const mostPasses = 6;

/** Rounds that the same processes serve. */
const roundsOfOneLife = 3;

async function warm(server, drive, wanted) {
  let answered = 0;
  for (let pass = 0; pass < mostPasses && answered < wanted; pass++)
    answered += (await drive(server)).requests;
}

/** One visit: CPU of the server process over the requests that were answered meanwhile. */
async function visit(server, drive, cores) {
  const core = coreNanoseconds(cores.server);
  const cpu = server.cpu();
  const began = process.hrtime.bigint();
  const seen = await drive(server);
  const elapsed = Number(process.hrtime.bigint() - began);
  const spent = server.cpu() - cpu;
  const after = coreNanoseconds(cores.server);
  if (seen.requests === 0) throw new Error(`${server.contestant.name} answered nothing`);
  return {
    cpu: spent / 1000 / seen.requests,
    perSecond: (seen.requests / seen.microseconds) * 1e6,
    p50: seen.p50,
    p99: seen.p99,
    failed: seen.errors + seen.badStatus,
    busy: spent / elapsed,
    foreign: Math.max(0, after.busy - core.busy - spent + after.stolen - core.stolen) / elapsed,
    residentKiB: server.residentKiB(),
  };
}

function summarise(name, visits) {
  const of = (key) => visits.map((one) => one[key]);
  return {
    name,
    value: spread(of("cpu")),
    samples: of("cpu"),
    perSecond: median(of("perSecond")),
    p50: median(of("p50")),
    p99: median(of("p99")),
    busy: median(of("busy")),
    foreign: median(of("foreign")),
    failed: of("failed").reduce((sum, n) => sum + n, 0),
    residentKiB: median(of("residentKiB")),
  };
}

/** Starts everyone, leaving out whose runtime isn't here. The caller has to call `stop`. */
export async function startAll(row, options) {
  const servers = [];
  const missing = [];
  const stop = () => Promise.all(servers.map((server) => server.stop()));
  try {
    for (const contestant of row.contestants) {
      const runtime = contestant.runtime ?? options.node ?? "node";
      if (!isInstalled(runtime)) {
        missing.push(contestant.name);
        continue;
      }
      const work = contestant.work ?? row.work;
      const env = { ...row.env, ...contestant.env };
      const settings = { core: options.cores.server, nodeOptions: row.nodeOptions, env };
      servers.push(await start({ ...contestant, runtime }, work, settings));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, missing, stop };
}

/** One life of all contestants: `rounds` visits to each. */
async function live(row, options, rounds) {
  const { servers, missing, stop } = await startAll(row, options);
  const driveFor = (seconds) => (server) =>
    row.drive?.(server, seconds) ?? wrk(server.url, { seconds, ...row.load }, options.cores.load);
  try {
    for (const server of servers) {
      await row.verify?.(server.url);
      await warm(server, driveFor(options.warmSeconds), row.warmRequests ?? enoughRequests);
    }
    const visits = servers.map(({ contestant }) => ({ name: contestant.name, seen: [] }));
    const drive = driveFor(options.seconds);
    for (let round = 0; round < rounds; round++) {
      for (const [i, server] of servers.entries()) {
        visits[i].seen.push(await visit(server, drive, options.cores));
      }
    }
    return { visits, missing };
  } finally {
    await stop();
  }
}

/** @returns one summary a contestant, in the row's order */
export async function alternate(row, options) {
  const lives = [];
  for (let left = options.rounds; left > 0; left -= roundsOfOneLife) {
    lives.push(await live(row, options, Math.min(left, roundsOfOneLife)));
  }
  const contestants = lives[0].visits.map(({ name }, i) =>
    summarise(
      name,
      lives.flatMap(({ visits }) => visits[i].seen),
    ),
  );
  const foreign = median(contestants.map((one) => one.foreign));
  return { contestants, missing: lives[0].missing, foreign, noisy: foreign > noisyShare };
}
