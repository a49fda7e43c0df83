/**
 * Vitest's, Jest's and Sinon's fake timers hold what the program under test waits for. A connection waits for nothing,
 * so it must go on, on every network. Jest's put microtasks of their own there as well: beneath those Node's own `Response`
 * stands still, where it is of the same realm (in Jest it is not), so small bodies are read off the wire here.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeNetwork } from "../adapters/node/index.ts";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { createFetch } from "../client/index.ts";
import { AsyncHttpServer } from "../index.node.ts";
import { createServer } from "../node-http/index.node.ts";
import type { RequestCallback } from "../server/types.ts";
import type { Network } from "../socket/index.ts";
import { acceptWebSocket, createWebSocket } from "../websocket/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { WaitFailed } from "./wake-up.ts";
import { WireClient } from "./wire-client.ts";

const TIMERS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate"] as const;

beforeEach(() => void vi.useFakeTimers({ toFake: [...TIMERS, "Date", "queueMicrotask"] }));
afterEach(() => void vi.useRealTimers());

type Use = (url: string, network: Network) => Promise<void>;

async function withServer(network: Network, callback: RequestCallback, use: Use): Promise<void> {
  const server = new AsyncHttpServer({ network });
  const serving = server.serve(0, callback, {
    onListen: ({ port }) => void use(`http://localhost:${port}/`, network).finally(() => server.close()),
  });
  await serving;
}

const networks: [string, () => Network][] = [
  ["the virtual network", () => new VirtualNetwork()],
  ["TCP", () => new NodeNetwork()],
];

describe.each(networks)("with fake timers, on %s", (_, network) => {
  it("requests are answered one after the other, and the server closes", async () => {
    let answers = "";
    const callback: RequestCallback = async (request) => request.respond(200, await request.bytes());
    await withServer(network(), callback, async (url, over) => {
      await using client = await WireClient.connect(over, {
        host: "localhost",
        port: Number(new URL(url).port),
      });
      for (const body of ["one", "two"]) {
        await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n${body}`);
        answers += (await client.read(/\r\n\r\n.../)).slice(-3);
      }
    });
    expect(answers).toBe("onetwo");
  });

  it("a large answer is sent to its end", async () => {
    let received = 0;
    const callback: RequestCallback = (request) => request.respond(200, new Uint8Array(3_000_000));
    await withServer(network(), callback, async (url, over) => {
      received = (await (await createFetch(over)(url)).arrayBuffer()).byteLength;
    });
    expect(received).toBe(3_000_000);
  });

  it("a WebSocket opens, answers and closes", async () => {
    const seen: unknown[] = [];
    const callback: RequestCallback = async (request) => {
      const socket = await acceptWebSocket(request);
      for await (const message of socket) socket.send(`echo: ${message}`);
    };
    await withServer(network(), callback, async (url, over) => {
      const WebSocket = createWebSocket(over);
      const socket = new WebSocket(url.replace("http", "ws"));
      socket.onopen = () => socket.send("Hello");
      socket.onmessage = ({ data }) => {
        seen.push(data);
        socket.close(1000);
      };
      await new Promise((resolve) => socket.addEventListener("close", resolve));
    });
    expect(seen).toEqual(["echo: Hello"]);
  });
});

it("with fake timers node-http listens, answers and closes", async () => {
  const server = createServer((_request, response) => void response.end("Hello"));
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  const { port } = server.address() as { port: number };
  await using client = await WireClient.connect(new NodeNetwork(), { host: "localhost", port });
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(await client.readToEnd()).toContain("\r\n\r\nHello");
  client.end();
  await new Promise((resolve) => void server.close(resolve));
});

it("with fake timers a FakeClock advances, and a WireClient's wait ends", async () => {
  const clock = new FakeClock();
  const network = new VirtualNetwork();
  const server = new AsyncHttpServer({ network, clock });
  const serving = server.serve(80, (request) => request.respond(200));
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send("GET / HT");
  await expect(client.read("\r\n", { withinMs: 1 })).rejects.toThrow(WaitFailed);
  await clock.advance(20_000);
  expect(await client.read("\r\n")).toBe("HTTP/1.1 408 Request Timeout\r\n");
  await server.close({ graceMs: 0 });
  await serving;
});
