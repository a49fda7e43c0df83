/**
 * From nothing to the first answer: a fresh process imports, listens and answers one request. Judged
 * by the CPU time that the process had spent by then, which other users of the machine can't stretch.
 */
import { start } from "../harness/contestant.mjs";
import { isInstalled } from "../harness/peers.mjs";
import { median, spread } from "../harness/statistics.mjs";

async function once(contestant, row, options) {
  const began = performance.now();
  const server = await start(contestant, row.work, { core: options.cores.server, env: row.env });
  try {
    const response = await fetch(server.url, { headers: { Connection: "close" } });
    await response.text();
    return { wall: performance.now() - began, cpu: server.cpu() / 1e6, resident: server.residentKiB() };
  } finally {
    await server.stop();
  }
}

export async function firstAnswer(row, options) {
  const runtimeOf = (contestant) => contestant.runtime ?? options.node ?? "node";
  const present = row.contestants
    .map((contestant) => ({ ...contestant, runtime: runtimeOf(contestant) }))
    .filter(({ runtime }) => isInstalled(runtime));
  const seen = present.map(() => []);
  for (let round = 0; round <= options.rounds; round++) {
    for (const [i, contestant] of present.entries()) {
      const one = await once(contestant, row, options);
      if (round > 0) seen[i].push(one); // The first filled the page cache.
    }
  }
  const contestants = present.map(({ name }, i) => ({
    name,
    value: spread(seen[i].map((one) => one.cpu)),
    samples: seen[i].map((one) => one.cpu),
    wall: median(seen[i].map((one) => one.wall)),
    residentKiB: median(seen[i].map((one) => one.resident)),
  }));
  return { contestants, missing: [] };
}
