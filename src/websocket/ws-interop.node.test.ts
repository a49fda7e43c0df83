import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocketServer, WebSocket as WsClient } from "ws";
import { NodeNetwork } from "../adapters/node/index.ts";
import { HttpServer } from "../server/server.ts";
import type { RequestCallback } from "../server/types.ts";
import { noise } from "../testing/bytes.ts";
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

/** Text of one to four bytes a character, `length` units long, no surrogate alone. */
function textOf(length: number, seed: number): string {
  const lines = Array.from(
    { length: Math.ceil(length / 15) },
    (_, i) => `${(i * seed) % 9973} żółć ☃ 😀 line\n`,
  );
  return lines
    .join("")
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, "x");
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

/** 16 MB only where the settings make a difference to it. */
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_000_000];
const HUGE = 16_777_216;

describe.each(compressions)("%s", (_, perMessageDeflate) => {
  const sizes = perMessageDeflate === false || perMessageDeflate.level === 1 ? [...SIZES, HUGE] : SIZES;
  const server = new HttpServer({ network });
  const peerServer = new WebSocketServer({
    port: 0,
    perMessageDeflate: wsDeflate(perMessageDeflate),
    maxPayload: 0,
  });
  let stop = async () => {};

  beforeAll(async () => {
    stop = await serve(server, async (request) => {
      const socket = await acceptWebSocket(request, { perMessageDeflate });
      for await (const message of socket) socket.send(message);
    });
    peerServer.on("connection", (socket) => {
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  });

  afterAll(async () => {
    peerServer.close();
    for (const client of peerServer.clients) client.terminate();
    await stop();
  });

  test("ws as the client: every size comes back, text and binary", async () => {
    const client = new WsClient(`ws://localhost:${server.getPort()}/`, {
      perMessageDeflate: wsDeflate(perMessageDeflate),
      maxPayload: 0,
    });
    await once(client, "open");
    expect(client.extensions !== "").toBe(perMessageDeflate !== false);
    for (const size of sizes) {
      const bytes = payload(size, size + 1);
      client.send(bytes);
      const [back, isBinary] = await once(client, "message");
      expect(isBinary).toBe(true);
      expect(equalBytes(back, bytes)).toBe(true);
      const text = textOf(Math.min(size, 1_000_000), 7);
      client.send(text);
      const [textBack, textIsBinary] = await once(client, "message");
      expect(textIsBinary).toBe(false);
      expect(textBack.toString() === text).toBe(true);
    }
    client.close(1000, "done");
    const [code, reason] = await once(client, "close");
    expect([code, reason.toString()]).toEqual([1000, ""]);
  }, 60_000);

  test("ws as the server: every size comes back, text and binary", async () => {
    const WebSocket = createWebSocket(network, { perMessageDeflate });
    const client = new WebSocket(`ws://localhost:${(peerServer.address() as AddressInfo).port}/`);
    client.binaryType = "arraybuffer";
    await new Promise((resolve) => client.addEventListener("open", resolve));
    expect(client.extensions !== "").toBe(perMessageDeflate !== false);
    const reply = () =>
      new Promise<unknown>((resolve) => {
        client.onmessage = (event) => resolve(event.data);
      });
    for (const size of sizes) {
      const bytes = payload(size, size + 1);
      client.send(bytes);
      const back = await reply();
      expect(back instanceof ArrayBuffer && equalBytes(new Uint8Array(back), bytes)).toBe(true);
      const text = textOf(Math.min(size, 1_000_000), 7);
      client.send(text);
      expect((await reply()) === text).toBe(true);
    }
    client.close(1000, "done");
    const closed = await new Promise<CloseEvent>((resolve) => {
      client.onclose = resolve;
    });
    expect([closed.code, closed.wasClean]).toEqual([1000, true]);
  }, 60_000);

  test("messages that are fragmented at random come through whole, pings between them answered", async () => {
    const client = new WsClient(`ws://localhost:${server.getPort()}/`, {
      perMessageDeflate: wsDeflate(perMessageDeflate),
    });
    await once(client, "open");
    const pieces = fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (fragments, compress) => {
        fragments.forEach((fragment, i) => {
          client.send(fragment, { binary: true, compress, fin: i === fragments.length - 1 });
          if (i % 3 === 1) client.ping();
        });
        const [back] = await once(client, "message");
        expect(equalBytes(back, Buffer.concat(fragments))).toBe(true);
      }),
      { numRuns: 60 },
    );
    client.terminate();
  });
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
