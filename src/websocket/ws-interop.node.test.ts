import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocketServer, WebSocket as WsClient } from "ws";
import { NodeNetwork } from "../adapters/node/index.ts";
import { HttpServer } from "../server/server.ts";
import type { RequestCallback } from "../server/types.ts";
import { noise } from "../testing/bytes.ts";
import fc from "../testing/fast-check.ts";
import { acceptWebSocket } from "./accept.ts";
import { createWebSocket } from "./client.ts";
import type { PerMessageDeflateOptions } from "./deflate-negotiation.ts";

/** ws' own options of the same meaning. */
const wsDeflate = (options: PerMessageDeflateOptions | false) =>
  options && {
    ...(options.serverNoContextTakeover && { serverNoContextTakeover: true }),
    ...(options.clientNoContextTakeover && { clientNoContextTakeover: true }),
    ...(options.serverMaxWindowBits && { serverMaxWindowBits: options.serverMaxWindowBits }),
    ...(options.clientMaxWindowBits && { clientMaxWindowBits: options.clientMaxWindowBits }),
    zlibDeflateOptions: { level: options.level ?? 6 },
    threshold: 0,
  };

const compressions: [string, PerMessageDeflateOptions | false][] = [
  ["without compression", false],
  ["with compression", { thresholdBytes: 0, level: 1 }],
  [
    "without context take-over",
    { serverNoContextTakeover: true, clientNoContextTakeover: true, thresholdBytes: 0 },
  ],
  ["with windows of 8 and 9 bits", { serverMaxWindowBits: 8, clientMaxWindowBits: 9, thresholdBytes: 0 }],
];

const network = new NodeNetwork();
const equalBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** Half noise, half repetition, so that DEFLATE has both. */
function payload(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = noise(length, seed);
  for (let i = 0; i < length; i += 64) bytes.fill(i & 0x7f, i, i + 32);
  return bytes;
}

/** Text of one to four bytes a character that is `length` bytes long. */
function textOf(length: number, seed: number): string {
  const lines: string[] = [];
  let left = length;
  for (let i = 0; left > 0; i++) {
    const line = `${(i * seed) % 9973} żółć ☃ 😀 line\n`;
    const bytes = Buffer.byteLength(line);
    lines.push(bytes <= left ? line : "x".repeat(left));
    left -= Math.min(bytes, left);
  }
  return lines.join("");
}

/** A message of any size from 1 byte on, each power of two as likely as the next, and where it is cut. */
const messagesUpTo = (power: number) =>
  fc.record({
    size: fc.double({ min: 0, max: power, noNaN: true }).map((at) => Math.floor(2 ** at)),
    isText: fc.boolean(),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
    seed: fc.nat(1000),
  });
const RUNS = { seed: 6455, numRuns: 20 };

interface Message {
  readonly size: number;
  readonly isText: boolean;
  readonly cuts: readonly number[];
  readonly seed: number;
}

const contentOf = ({ size, isText, seed }: Message) => (isText ? textOf(size, seed) : payload(size, seed));

/** The pieces between the cuts: some are empty, and of text some end inside a character. */
function piecesOf(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

/** Sends a message as frames, with pings between them. */
function sendInPieces(socket: WsClient, bytes: Uint8Array, isText: boolean, cuts: readonly number[]): void {
  const pieces = piecesOf(bytes, cuts);
  pieces.forEach((piece, i) => {
    socket.send(piece, { binary: !isText, fin: i === pieces.length - 1, compress: cuts.length % 3 !== 2 });
    if (i % 3 === 1) socket.ping();
  });
}

/** Serves `callback` on a free port until the returned function is called. */
async function serve(server: HttpServer, callback: RequestCallback): Promise<() => Promise<void>> {
  let served: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    served = server.serve(0, callback, { onListen: () => resolve() });
    served.catch(reject);
  });
  return async () => {
    await server.close({ graceMs: 0 });
    await served;
  };
}

const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_000_000];
const HUGE = 16_777_216;

describe.each(compressions)("%s", (_, perMessageDeflate) => {
  // 16 MB where the settings make a difference to it: zlib takes its time.
  const large = perMessageDeflate === false || perMessageDeflate.level === 1;
  const sizes = large ? [...SIZES, HUGE] : SIZES;
  const messages = messagesUpTo(large ? 24 : 20);
  const server = new HttpServer({ network });
  const peerServer = new WebSocketServer({
    port: 0,
    perMessageDeflate: wsDeflate(perMessageDeflate),
    maxPayload: 0,
  });
  /** How `ws` cuts its next answers. */
  let cuts: readonly number[] = [];
  let stop = async () => {};

  beforeAll(async () => {
    stop = await serve(server, async (request) => {
      const socket = await acceptWebSocket(request, { perMessageDeflate });
      for await (const message of socket) socket.send(message);
    });
    peerServer.on("connection", (socket) => {
      socket.on("message", (data: Buffer, isBinary) => sendInPieces(socket, data, !isBinary, cuts));
    });
  });

  afterAll(async () => {
    peerServer.close();
    for (const client of peerServer.clients) client.terminate();
    await stop();
  });

  /** `ws` as the client of our server. */
  async function wsClient(): Promise<WsClient> {
    const client = new WsClient(`ws://localhost:${server.getPort()}/`, {
      perMessageDeflate: wsDeflate(perMessageDeflate),
      maxPayload: 0,
    });
    await once(client, "open");
    expect(client.extensions !== "").toBe(perMessageDeflate !== false);
    return client;
  }

  /** Our client of `ws`' server. */
  async function ourClient(): Promise<WebSocket> {
    const Client = createWebSocket(network, { perMessageDeflate });
    const client = new Client(`ws://localhost:${(peerServer.address() as AddressInfo).port}/`);
    client.binaryType = "arraybuffer";
    await new Promise((resolve) => client.addEventListener("open", resolve));
    expect(client.extensions !== "").toBe(perMessageDeflate !== false);
    return client;
  }

  async function throughOurServer(client: WsClient, message: Message): Promise<void> {
    const content = contentOf(message);
    sendInPieces(client, Buffer.from(content as string), message.isText, message.cuts);
    const [back, isBinary] = await once(client, "message");
    expect(isBinary).toBe(!message.isText);
    expect(equalBytes(back, Buffer.from(content as string))).toBe(true);
  }

  async function throughWsServer(client: WebSocket, message: Message): Promise<void> {
    const content = contentOf(message);
    cuts = message.cuts;
    const reply = new Promise<unknown>((resolve) => {
      client.onmessage = (event) => resolve(event.data);
    });
    client.send(content);
    const back = await reply;
    if (typeof content === "string") expect(back === content).toBe(true);
    else expect(back instanceof ArrayBuffer && equalBytes(new Uint8Array(back), content)).toBe(true);
  }

  test("ws as the client: every size comes back, text and binary", async () => {
    const client = await wsClient();
    for (const size of sizes) {
      for (const isText of [false, true]) await throughOurServer(client, { size, isText, cuts: [], seed: 7 });
    }
    client.close(1000, "done");
    const [code, reason] = await once(client, "close");
    expect([code, reason.toString()]).toEqual([1000, "done"]);
  }, 90_000);

  test("ws as the server: every size comes back, text and binary", async () => {
    const client = await ourClient();
    for (const size of sizes) {
      for (const isText of [false, true]) await throughWsServer(client, { size, isText, cuts: [], seed: 7 });
    }
    client.close(1000, "done");
    const closed = await new Promise<CloseEvent>((resolve) => {
      client.onclose = resolve;
    });
    expect([closed.code, closed.wasClean]).toEqual([1000, true]);
  }, 90_000);

  test("ws as the client: what it fragments at random comes back whole, pings between the frames", async () => {
    const client = await wsClient();
    await fc.assert(
      fc.asyncProperty(messages, (message) => throughOurServer(client, message)),
      RUNS,
    );
    client.terminate();
  }, 90_000);

  test("ws as the server: what it fragments at random arrives whole, pings between the frames", async () => {
    const client = await ourClient();
    await fc.assert(
      fc.asyncProperty(messages, (message) => throughWsServer(client, message)),
      RUNS,
    );
    client.close();
  }, 90_000);
});

test("our client and our server agree, with compression, over TCP", async () => {
  const server = new HttpServer({ network });
  const stop = await serve(server, async (request) => {
    const socket = await acceptWebSocket(request, { perMessageDeflate: true, protocols: ["b", "a"] });
    for await (const message of socket) socket.send(message);
  });
  const WebSocket = createWebSocket(network);
  const client = new WebSocket(`ws://localhost:${server.getPort()}/`, ["x", "a", "b"]);
  const text = "compress me ".repeat(1000);
  client.onopen = () => client.send(text);
  const reply = await new Promise((resolve) => {
    client.onmessage = (event) => resolve(event.data);
  });
  expect(reply === text).toBe(true);
  expect([client.protocol, client.extensions]).toEqual(["a", "permessage-deflate"]);
  client.close();
  await new Promise((resolve) => {
    client.onclose = resolve;
  });
  await stop();
});
