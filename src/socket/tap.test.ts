import { expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, socketContract, WireClient } from "../testing/index.ts";
import { type TapEvent, tapNetwork } from "./tap.ts";

socketContract("a tapped network, whose observer throws", {
  setup: () => ({
    network: tapNetwork(new VirtualNetwork(), () => {
      throw new Error("an observer's fault");
    }),
    listen: { port: 0 },
    host: "localhost",
  }),
});

const local = { host: "localhost", port: 80 };

/** A tapped virtual network, and what its observer was told, each event as a line. */
function tapped() {
  const clock = new FakeClock(0);
  const events: TapEvent[] = [];
  const network = tapNetwork(new VirtualNetwork({ clock, latencyMs: 10 }), (event) => events.push(event), {
    clock,
  });
  return { clock, events, network, lines: () => events.map(line) };
}

function line(event: TapEvent): string {
  const where = "connection" in event ? ` ${event.connection} ${event.end}` : "";
  const what = "bytes" in event ? ` ${new TextDecoder().decode(event.bytes)} at ${event.offset}` : "";
  const error =
    "error" in event && event.error instanceof Error && "code" in event.error ? ` ${event.error.code}` : "";
  return `${event.time} ${event.type}${where}${what}${error}`;
}

it("tells what happened at both ends of a connection, with times, in order", async () => {
  const { clock, events, network, lines } = tapped();
  const listener = await network.listen({ port: 80 });
  const accepting = listener.accept();
  const connecting = network.connect(local);
  await clock.advance(20);
  const client = new WireClient(await connecting);
  const server = new WireClient(await accepting);
  client.socket.write("ping");
  client.socket.write("ping");
  await clock.advance(10);
  server.socket.write("pong");
  server.end();
  await clock.advance(10);
  client.end();
  client.socket.write("dropped");
  await clock.advance(10);
  await listener.close();
  expect(lines()).toEqual([
    "0 listen",
    "0 connect",
    "10 open 1 server",
    "20 open 1 client",
    "20 sent 1 client ping at 0",
    "20 sent 1 client ping at 4",
    "30 received 1 server ping at 0",
    "30 received 1 server ping at 4",
    "30 sent 1 server pong at 0",
    "30 end-sent 1 server",
    "40 received 1 client pong at 0",
    "40 end-received 1 client",
    "40 end-sent 1 client",
    "40 close 1 client",
    "50 end-received 1 server",
    "50 close 1 server",
    "50 unlisten",
  ]);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
});

it("tells who destroyed and who was reset, and numbers connections apart", async () => {
  const { clock, network, lines } = tapped();
  const listener = await network.listen({ port: 80 });
  const both = [network.connect(local), network.connect(local)];
  await clock.advance(20);
  const [one, two] = (await Promise.all(both)).map((socket) => new WireClient(socket));
  const servers = [new WireClient(await listener.accept()), new WireClient(await listener.accept())];
  two?.destroy();
  servers[0]?.destroy();
  await clock.advance(10);
  await one?.closed();
  expect(lines().slice(3)).toEqual([
    "20 open 1 client",
    "20 open 2 client",
    "20 open 1 server",
    "20 open 2 server",
    "20 destroy 2 client",
    "20 destroy 1 server",
    "20 close 2 client",
    "20 close 1 server",
    "30 close 2 server ECONNRESET",
    "30 close 1 client ECONNRESET",
  ]);
});

it("tells of what failed", async () => {
  const { clock, network, lines } = tapped();
  const listener = await network.listen({ port: 80 });
  await network.listen({ port: 80 }).catch(() => {});
  const refused = network.connect({ host: "localhost", port: 81 }).catch(() => {});
  await clock.advance(20);
  await refused;
  const waiting = listener.accept().catch(() => {});
  await listener.close();
  await waiting;
  expect(lines()).toEqual([
    "0 listen",
    "0 failed EADDRINUSE",
    "0 connect",
    "20 failed ECONNREFUSED",
    "20 unlisten",
    "20 failed ERR_LISTENER_CLOSED",
  ]);
});

it("copies no bytes: the observer sees the ones that the consumer gets", async () => {
  const seen: Uint8Array[] = [];
  const network = tapNetwork(new VirtualNetwork(), (event) => {
    if (event.type === "received" || event.type === "sent") seen.push(event.bytes);
  });
  const listener = await network.listen({ port: 80 });
  const client = await network.connect(local);
  const server = await listener.accept();
  const got: Uint8Array[] = [];
  server.open({
    borrows: true,
    onData: (bytes) => got.push(bytes),
    onEnd() {},
    onDrain() {},
    onClose() {},
  });
  const sent = new Uint8Array(10_000);
  client.write(sent, true);
  await settled();
  expect([seen[0], seen[1], got[0]].every((bytes) => bytes === sent)).toBe(true);
});

it("is refused without an observer", () => {
  expect(() => tapNetwork(new VirtualNetwork(), undefined as never)).toThrow(TypeError);
});
