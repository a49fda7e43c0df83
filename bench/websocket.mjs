/**
 * Echo over WebSocket: CPU time of the server's process for 10,000 messages of 1 KB, portico beside ws, in turns
 * within one run. The load is one program of prepared bytes for all of them, on a core of its own.
 *
 *     node bench/websocket.mjs [--rounds 11] [--messages 10000] [--bytes 1024] [--kind text] [--connections 64]
 */
import { once } from "node:events";
import { connect } from "node:net";
import { parseArgs } from "node:util";
import { start } from "./harness/contestant.mjs";
import { pickCores, stayOn } from "./harness/machine.mjs";
import { median, ratio } from "./harness/statistics.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    messages: { type: "string", default: "10000" },
    bytes: { type: "string", default: "1024" },
    kind: { type: "string", default: "" },
    connections: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const messages = Number(values.messages);
const bytes = Number(values.bytes);

const contestants = [
  { name: "portico", server: "portico-websocket" },
  { name: "portico, uint8array", server: "portico-websocket", work: "uint8array" },
  { name: "ws", server: "ws" },
  { name: "ws, text as strings", server: "ws", work: "string" },
];

/** Connections, and messages that each of them has on the way. */
const loads = [
  { name: "1 connection, one message at a time", connections: 1, depth: 1 },
  { name: "64 connections, one message at a time each", connections: 64, depth: 1 },
  { name: "8 connections, 16 messages at a time each", connections: 8, depth: 16 },
];

const TEXT = 0x81;
const BINARY = 0x82;

/** A client's frame: masked, of ASCII. */
function frameOf(first) {
  const extended = bytes < 126 ? 0 : bytes < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(6 + extended + bytes, "x");
  frame[0] = first;
  frame[1] = 0x80 | (extended === 0 ? bytes : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(bytes, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(bytes), 2);
  const key = frame.subarray(2 + extended, 6 + extended);
  key.set([0x37, 0xfa, 0x21, 0x3d]);
  for (let i = 0; i < bytes; i++) frame[6 + extended + i] ^= key[i & 3];
  return frame;
}

async function open(port) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const [head] = await once(socket, "data");
  if (!head.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(`no handshake: ${head}`);
  return socket;
}

/** Sends `count` messages with `depth` on the way, and resolves when all have come back. */
function echo(socket, frame, count, depth) {
  const reply = frame.length - 4;
  return new Promise((resolve, reject) => {
    let sent = 0;
    let received = 0;
    const send = (more) => {
      const batch = Math.min(more, count - sent);
      sent += batch;
      if (batch > 0)
        socket.write(batch === 1 ? frame : Buffer.concat(Array.from({ length: batch }, () => frame)));
    };
    const onData = (chunk) => {
      if (received === 0 && chunk[0] !== frame[0]) reject(new Error("not an echo"));
      const before = Math.floor(received / reply);
      received += chunk.length;
      const after = Math.floor(received / reply);
      if (received === count * reply) {
        socket.off("data", onData);
        resolve();
      } else send(after - before);
    };
    socket.on("data", onData);
    send(depth);
  });
}

const show = ({ low, median: middle, high }) => `${middle.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;

async function visit(server, { connections, depth }, frame) {
  const share = Math.ceil(messages / server.sockets.slice(0, connections).length);
  const before = server.cpu();
  await Promise.all(server.sockets.slice(0, connections).map((socket) => echo(socket, frame, share, depth)));
  return (server.cpu() - before) / (share * connections) / 1000;
}

const cores = pickCores();
stayOn(cores.load);
const most = Math.max(...loads.map((load) => load.connections));
const servers = [];
try {
  for (const contestant of contestants) {
    const server = await start(contestant, contestant.work ?? "echo", { core: cores.server });
    server.sockets = await Promise.all(Array.from({ length: most }, () => open(server.port)));
    servers.push(server);
  }
  for (const [kind, first] of [
    ["binary", BINARY],
    ["text", TEXT],
  ]) {
    if (values.kind !== "" && values.kind !== kind) continue;
    const frame = frameOf(first);
    for (const load of loads) {
      if (values.connections !== "" && Number(values.connections) !== load.connections) continue;
      const samples = new Map(servers.map((server) => [server, []]));
      for (let round = -2; round < rounds; round++) {
        for (const server of servers) {
          const microseconds = await visit(server, load, frame);
          if (round >= 0) samples.get(server).push(microseconds);
        }
      }
      console.log(`\n${messages} messages of ${bytes} bytes, ${kind}, ${load.name}`);
      const [ours, views] = samples.values();
      for (const [server, of] of samples) {
        const ratios =
          server.contestant.server === "ws"
            ? `  portico needs ${show(ratio(ours, of))} of it, with uint8array ${show(ratio(views, of))}`
            : "";
        console.log(
          `  ${server.contestant.name.padEnd(20)} ${median(of).toFixed(2).padStart(7)} us CPU a message${ratios}`,
        );
      }
    }
  }
} finally {
  for (const server of servers) {
    for (const socket of server.sockets ?? []) socket.destroy();
    await server.stop();
  }
}
