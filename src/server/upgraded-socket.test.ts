import { expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import type { Network, Socket } from "../socket/index.ts";
import { settled, WireClient } from "../testing/index.ts";
import { HttpServer } from "./server.ts";
import type { UpgradedConnection } from "./types.ts";
import { UpgradedSocket } from "./upgraded-socket.ts";
import { UPGRADE, upgradingStage } from "./upgrading.fixture.ts";

it("says that the client ended its side before the switch, behind what it had sent", async () => {
  const { client, log, goOn, close } = await upgradingStage();
  await client.send(`${UPGRADE}first words`);
  client.end();
  await settled();
  goOn();
  await settled();
  expect(log).toEqual(["data first words Uint8Array", "end"]);
  await close();
});

it("says that the connection is gone, and why", async () => {
  const { client, log, goOn, close } = await upgradingStage();
  goOn();
  await client.send(UPGRADE);
  await client.waitFor(({ text }) => text.includes("101"));
  client.destroy();
  await settled();
  expect(log).toEqual(["close ECONNRESET"]);
  await close();
});

it("tells of nothing but the close once destroyed, though more came before the switch", async () => {
  const { client, log, goOn, close } = await upgradingStage((event, socket) => {
    if (event.startsWith("data")) socket.destroy();
  });
  await client.send(`${UPGRADE}first words`);
  client.end();
  await settled();
  goOn();
  await settled();
  expect(log).toEqual(["data first words Uint8Array", "close "]);
  await close();
});

it("holds the close back behind what a pause holds, where both sides ended", async () => {
  let paused: UpgradedConnection | undefined;
  const { client, log, goOn, close } = await upgradingStage((event, socket) => {
    if (!event.startsWith("data")) return;
    paused = socket;
    socket.pause();
    socket.end();
  });
  await client.send(`${UPGRADE}first words`);
  client.end();
  await settled();
  goOn();
  await settled();
  expect(log).toEqual(["data first words Uint8Array"]);
  paused?.resume();
  await settled();
  expect(log).toEqual(["data first words Uint8Array", "end", "close "]);
  await close();
});

it("tells a consumer that has paused of a reset, and no more of what waits for it", async () => {
  const { client, log, goOn, close } = await upgradingStage((event, socket) => {
    if (event.startsWith("data")) socket.pause();
  });
  await client.send(`${UPGRADE}first words`);
  client.end();
  await settled();
  goOn();
  await settled();
  client.destroy();
  await settled();
  expect(log).toEqual(["data first words Uint8Array", "close ECONNRESET"]);
  await close();
});

/** A socket that was handed over and that nobody has opened. */
async function unopened() {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network });
  const handedOver = new Promise<UpgradedConnection>((resolve) => {
    void server.serve(80, (request) => resolve(request.takeOver()));
  });
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send(`${UPGRADE}first words`);
  return { client, socket: await handedOver, close: () => server.close({ graceMs: 0 }) };
}

it("tells who opens it late of the reset alone", async () => {
  const { client, socket, close } = await unopened();
  client.destroy();
  await settled();
  const late = new WireClient(socket);
  expect([await late.closed(), late.events]).toEqual(["reset", ["close ECONNRESET"]]);
  await close();
});

it("tells of no drain once destroyed", async () => {
  const { client, socket, close } = await unopened();
  let size = 65_536;
  while (socket.write("x".repeat(65_536))) size += 65_536;
  await client.read(size);
  await settled();
  socket.destroy();
  const late = new WireClient(socket);
  await late.closed();
  expect(late.events).toEqual(["close"]);
  await close();
});

it("tells once of a server that was closing when the connection was handed over", async () => {
  const network = new VirtualNetwork();
  let unbind = () => {};
  const unbound = new Promise<void>((resolve) => {
    unbind = resolve;
  });
  const slow: Network = {
    connect: (spec) => network.connect(spec),
    descriptors: () => network.descriptors(),
    async listen(spec) {
      const listener = await network.listen(spec);
      const close = () => unbound.then(() => listener.close());
      return { address: listener.address, accept: () => listener.accept(), close };
    },
  };
  const server = new HttpServer({ network: slow });
  let told = 0;
  let closing: Promise<void> | undefined;
  void server.serve(80, (request) => {
    closing = server.close();
    const socket = request.takeOver();
    socket.onShutDown = () => {
      told++;
    };
  });
  await settled();
  await (await WireClient.connect(network, { host: "localhost", port: 80 })).send(UPGRADE);
  await settled();
  expect(told).toBe(1);
  unbind();
  await settled();
  expect(told).toBe(1);
  void server.close({ graceMs: 0 });
  await closing;
});

/** What a server hands over of a socket that is moved by hand, and what its consumer hears. */
function byHand(secure?: boolean) {
  const log: string[] = [];
  const socket = { pause() {}, resume() {}, secure } as unknown as Socket;
  const upgraded = new UpgradedSocket(socket, []);
  const open = () =>
    upgraded.open({
      onData: ([byte]) => void log.push(`data ${byte}`),
      onEnd: () => log.push("end"),
      onDrain: () => log.push("drain"),
      onClose: () => log.push("close"),
    });
  return { upgraded, open, log };
}

it("keeps what a read that was under way brings before anybody listens, and while that pauses", async () => {
  const { upgraded, open, log } = byHand();
  upgraded.onData(Uint8Array.of(1));
  open();
  upgraded.onData(Uint8Array.of(2));
  await settled();
  expect(log).toEqual(["data 1", "data 2"]);
  upgraded.pause();
  upgraded.onData(Uint8Array.of(3));
  await settled();
  expect(log).toHaveLength(2);
  upgraded.resume();
  upgraded.onEnd();
  await settled();
  expect(log).toEqual(["data 1", "data 2", "data 3", "end"]);
});

it("tells of its close once, though it is resumed after that", async () => {
  const { upgraded, open, log } = byHand();
  open();
  upgraded.onClose();
  await settled();
  upgraded.resume();
  await settled();
  expect(log).toEqual(["close"]);
});

it("tells who listens already that the server closes, once, and nobody before", async () => {
  const { upgraded, open, log } = byHand();
  open();
  upgraded.onShutDown = () => log.push("shut down");
  await settled();
  expect(log).toEqual([]);
  upgraded.shutDown();
  upgraded.shutDown();
  expect(log).toEqual(["shut down"]);
});

it("is as secure as the socket that it was", () => {
  expect([true, false, undefined].map((secure) => byHand(secure).upgraded.secure)).toEqual([
    true,
    false,
    false,
  ]);
});
