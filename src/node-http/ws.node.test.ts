import { once } from "node:events";
import type { Server as NodeServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type ServerOptions, WebSocketServer, WebSocket as WsClient } from "ws";
import { NodeNetwork } from "../adapters/node/index.ts";
import { noise } from "../testing/bytes.ts";
import { createWebSocket } from "../websocket/client.ts";
import { createServer, type Server } from "./index.node.ts";

// The `ws` package as everybody runs it, beside an `http.Server` that is Portico's.
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
});

async function serve(options: ServerOptions = {}) {
  const server = createServer((_, response) => response.end("plain"));
  open.push(server);
  const sockets = new WebSocketServer({ server: server as unknown as NodeServer, maxPayload: 0, ...options });
  sockets.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, sockets, url: `ws://${authority}/`, plain: `http://${authority}/` };
}

const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_000_000, 4_000_000];

for (const [name, perMessageDeflate] of [
  ["without compression", false],
  ["with compression", { threshold: 0 }],
] as const) {
  test(`WebSocketServer({ server }) serves ws' own client ${name}, and plain requests beside it`, async () => {
    const { url, plain } = await serve({ perMessageDeflate });
    const client = new WsClient(url, { perMessageDeflate, maxPayload: 0 });
    await once(client, "open");
    expect(client.extensions !== "").toBe(perMessageDeflate !== false);
    for (const size of SIZES) {
      const bytes = noise(size, size + 1);
      client.send(bytes);
      const [back, isBinary] = await once(client, "message");
      expect([size, isBinary, Buffer.compare(back, bytes)]).toEqual([size, true, 0]);
    }
    client.send("żółć");
    expect(String((await once(client, "message"))[0])).toBe("żółć");
    expect(await (await fetch(plain)).text()).toBe("plain");
    client.ping("here?");
    expect(String((await once(client, "pong"))[0])).toBe("here?");
    client.close(1000, "done");
    const [code] = await once(client, "close");
    expect(code).toBe(1000);
  });

  test(`it serves Portico's client ${name}`, async () => {
    const { url } = await serve({ perMessageDeflate });
    const WebSocket = createWebSocket(new NodeNetwork(), { perMessageDeflate: perMessageDeflate !== false });
    const client = new WebSocket(url);
    client.binaryType = "arraybuffer";
    await once(client as never, "open");
    for (const size of SIZES) {
      const bytes = noise(size, size + 1);
      client.send(bytes);
      const [{ data }] = (await once(client as never, "message")) as [MessageEvent<ArrayBuffer>];
      expect([size, Buffer.compare(new Uint8Array(data), bytes)]).toEqual([size, 0]);
    }
    client.close();
    const [closed] = (await once(client as never, "close")) as [CloseEvent];
    expect([closed.code, closed.wasClean]).toEqual([1005, true]);
  });
}

test("the server closes with its code, and one that vanishes is 1006", async () => {
  const { sockets, url } = await serve();
  const connected = once(sockets, "connection");
  const client = new WsClient(url);
  const [socket] = (await connected) as [WsClient];
  socket.close(4001, "enough");
  const [code, reason] = await once(client, "close");
  expect([code, String(reason)]).toEqual([4001, "enough"]);

  const again = once(sockets, "connection");
  const other = new WsClient(url);
  const [left] = (await again) as [WsClient];
  await once(other, "open");
  const gone = once(left, "close");
  other.terminate();
  expect((await gone)[0]).toBe(1006);
});

test("what ws refuses before the handshake is over reaches the client as its status", async () => {
  const { url } = await serve({ path: "/chat", verifyClient: (_, decide) => decide(false, 401, "No") });
  for (const [path, status] of [
    ["other", 400],
    ["chat", 401],
  ] as const) {
    const client = new WsClient(`${url}${path}`);
    client.on("error", () => {});
    const [, response] = await once(client, "unexpected-response");
    expect([path, response.statusCode]).toEqual([path, status]);
    response.resume();
    client.terminate();
  }
});

test("a server of its own hands upgrades to the one that they are for", async () => {
  const server = createServer();
  open.push(server);
  const rooms = new Map(["a", "b"].map((name) => [`/${name}`, new WebSocketServer({ noServer: true })]));
  for (const [path, room] of rooms) room.on("connection", (socket) => socket.send(path));
  server.on("upgrade", (request: { url: string }, socket: never, head: never) => {
    const room = rooms.get(request.url);
    room?.handleUpgrade(request as never, socket, head, (connection) => room.emit("connection", connection));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (const path of rooms.keys()) {
    const client = new WsClient(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    expect(String((await once(client, "message"))[0])).toBe(path);
    client.close();
    await once(client, "close");
  }
});
