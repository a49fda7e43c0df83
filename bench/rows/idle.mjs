/**
 * What ten thousand kept-alive connections hold while nothing happens: each has asked once and was
 * answered. Garbage is collected before every look.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startAll } from "../harness/alternate.mjs";
import { spread } from "../harness/statistics.mjs";

const connections = 10_000;
const atOnce = 250;
const settleMs = 1500;
/**
 * Between two collections. The second gives back the nursery, up to 32 MiB of doubling size, where V8 has seen little
 * allocated for five seconds: else a server is measured by how often its nursery doubled while the crowd came.
 */
const untilIdleMs = 6000;

async function oneIdle(port) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "data");
  return socket;
}

async function resident(server) {
  server.collectGarbage();
  await sleep(untilIdleMs);
  server.collectGarbage();
  await sleep(settleMs);
  return server.residentKiB() / 1024;
}

async function hold(server) {
  const before = await resident(server);
  const sockets = [];
  for (let made = 0; made < connections; made += atOnce) {
    sockets.push(...(await Promise.all(Array.from({ length: atOnce }, () => oneIdle(server.port)))));
  }
  const after = await resident(server);
  const open = sockets.filter((socket) => !socket.destroyed).length;
  if (open < connections)
    throw new Error(`${server.contestant.name} closed ${connections - open} connections`);
  for (const socket of sockets) socket.destroy();
  return { before, after };
}

export async function idleConnections(row, options) {
  const seen = new Map(row.contestants.map(({ name }) => [name, []]));
  for (let sitting = 0; sitting < Math.max(1, Math.round(options.rounds / 4)); sitting++) {
    const { servers, stop } = await startAll(row, options);
    try {
      for (const server of servers) seen.get(server.contestant.name).push(await hold(server));
    } finally {
      await stop();
    }
  }
  const contestants = [...seen].map(([name, holds]) => ({
    name,
    value: spread(holds.map((one) => one.after)),
    samples: holds.map((one) => one.after),
    residentKiB: spread(holds.map((one) => one.after)).median * 1024,
    perConnectionKiB: spread(holds.map((one) => ((one.after - one.before) * 1024) / connections)).median,
  }));
  return { contestants, missing: [] };
}
