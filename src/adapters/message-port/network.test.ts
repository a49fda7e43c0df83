import { afterEach, describe, expect, it } from "vitest";
import { type Network, NetworkError } from "../../socket/index.ts";
import { FakeClock, settled, WireClient } from "../../testing/index.ts";
import { VirtualNetwork } from "../virtual/network.ts";
import { linkNetworks, MessagePortNetwork, type MessagePortNetworkOptions } from "./index.ts";

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const close of cleanUp.splice(0)) close();
});

function channel(): MessageChannel {
  const ports = new MessageChannel();
  cleanUp.push(() => ports.port1.close());
  return ports;
}

/** A network here and one there, linked both ways. */
function linked(options: Omit<MessagePortNetworkOptions, "network"> = {}) {
  const { port1, port2 } = channel();
  const here = new VirtualNetwork({ names: ["here.test"] });
  const there = new VirtualNetwork({ names: ["there.test"] });
  const [link, otherLink] = [linkNetworks(here, port1, options), linkNetworks(there, port2, options)];
  cleanUp.push(() => link.close());
  return { here, there, link, otherLink };
}

async function code(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NetworkError);
  return (error as NetworkError).code;
}

describe("two linked networks", () => {
  it("reach each other's ports by the network that one has", async () => {
    const { here, there } = linked();
    const atHome = await here.listen({ port: 80 });
    const abroad = await there.listen({ port: 8080 });
    const out = new WireClient(await here.connect({ host: "localhost", port: 8080 }));
    const back = new WireClient(await there.connect({ host: "here.test", port: 80 }));
    const [server, other] = [new WireClient(await abroad.accept()), new WireClient(await atHome.accept())];
    await out.send("over there");
    await back.send("back here");
    expect([await server.read(10), await other.read(9)]).toEqual(["over there", "back here"]);
    expect(out.socket.remoteAddress).toEqual({ address: "127.0.0.1", port: 8080, family: "virtual" });
    expect(server.socket.remoteAddress).toEqual(out.socket.localAddress);
  });

  it("prefer their own ports, and do not ask each other in circles", async () => {
    const { here, there } = linked();
    const own = await here.listen({ port: 80 });
    await there.listen({ port: 80 });
    await here.connect({ host: "localhost", port: 80 });
    await own.accept();
    expect(await code(here.connect({ host: "localhost", port: 81 }))).toBe("ECONNREFUSED");
    expect(await code(here.connect({ host: "nowhere.test", port: 80 }))).toBe("ENOTFOUND");
    await here.connect({ host: "there.test", port: 80 });
  });

  it("count what is open, and nothing when it is closed", async () => {
    const { here, there, link } = linked();
    const listener = await there.listen({ port: 80 });
    const client = new WireClient(await here.connect({ host: "localhost", port: 80 }));
    const server = new WireClient(await listener.accept());
    expect([link.descriptors().active, there.descriptors().active]).toEqual([1, 2]);
    client.destroy();
    await server.closed();
    expect([link.descriptors().active, there.descriptors().active]).toEqual([0, 1]);
  });

  it("go on alone when the link is closed, with every connection over it reset", async () => {
    const { here, there, link, otherLink } = linked();
    const listener = await there.listen({ port: 80 });
    const client = new WireClient(await here.connect({ host: "localhost", port: 80 }));
    const server = new WireClient(await listener.accept());
    const waiting = await here.connect({ host: "localhost", port: 80 });
    link.close();
    link.close();
    expect([await client.closed(), await server.closed()]).toEqual(["reset", "reset"]);
    expect(await new WireClient(waiting).closed()).toBe("reset");
    expect([await link.closed, (await otherLink.closed)?.code]).toEqual([undefined, "ECONNRESET"]);
    expect(await code(link.connect({ host: "localhost", port: 80 }))).toBe("ENETUNREACH");
    expect(await code(here.connect({ host: "localhost", port: 80 }))).toBe("ECONNREFUSED");
    await there.connect({ host: "localhost", port: 80 });
  });
});

describe("connecting over a link", () => {
  it("fails with the code of the other side", async () => {
    const { port1, port2 } = channel();
    const there = new VirtualNetwork({ maxSockets: 1, ports: { 81: { refuse: true } } });
    new MessagePortNetwork(port1, { network: there });
    const link = new MessagePortNetwork(port2);
    await there.listen({ port: 81 });
    expect(await code(link.connect({ host: "localhost", port: 81 }))).toBe("ECONNREFUSED");
    expect(await code(link.connect({ host: "localhost", port: 0 }))).toBe("ECONNREFUSED");
    expect(await code(link.connect({ host: "nowhere.test", port: 81 }))).toBe("ENOTFOUND");
    expect(await code(link.connect({ host: "192.0.2.1", port: 81 }))).toBe("ENETUNREACH");
    expect(await code(link.connect({ host: "localhost", port: 70_000 }))).toBe("ERR_SOCKET_BAD_PORT");
  });

  it("is called off by its signal on both sides", async () => {
    const { here, there } = linked();
    const listener = await there.listen({ port: 80 });
    const controller = new AbortController();
    const connecting = here.connect({ host: "localhost", port: 80, signal: controller.signal });
    await Promise.resolve();
    await Promise.resolve();
    controller.abort(new NetworkError("MINE", "stop"));
    expect(await code(connecting)).toBe("MINE");
    const accepted = await listener.accept().then((socket) => new WireClient(socket));
    expect(await accepted.closed()).toBe("reset");
  });

  it("times out when nobody is on the other side, and the link is given up after twelve pings", async () => {
    const clock = new FakeClock();
    const { port1 } = channel();
    const link = new MessagePortNetwork(port1, { clock, connectTimeoutMs: 11_000, heartbeatMs: 1000 });
    const first = code(link.connect({ host: "localhost", port: 80 }));
    await clock.advance(11_000);
    expect(await first).toBe("ETIMEDOUT");
    const second = code(link.connect({ host: "localhost", port: 80 }));
    await clock.advance(2000);
    expect([await second, (await link.closed)?.code]).toEqual(["ECONNRESET", "ECONNRESET"]);
    expect(clock.pending).toBe(0);
  });

  it("works through a network of any kind on the other side", async () => {
    const { port1, port2 } = channel();
    const virtual = new VirtualNetwork();
    const plain: Network = {
      listen: (options) => virtual.listen(options),
      connect: (options) => virtual.connect(options),
      descriptors: () => virtual.descriptors(),
    };
    new MessagePortNetwork(port1, { network: plain });
    const link = new MessagePortNetwork(port2);
    const listener = await virtual.listen({ port: 80 });
    const client = new WireClient(await link.connect({ host: "localhost", port: 80 }));
    const server = new WireClient(await listener.accept());
    const much = new Uint8Array(3_000_000).fill(5);
    await Promise.all([client.send(much), server.send(much)]);
    client.end();
    server.end();
    await Promise.all([client.closed(), server.closed()]);
    expect([client.bytes.length, server.bytes.length]).toEqual([3_000_000, 3_000_000]);
    const next = new WireClient(await link.connect({ host: "localhost", port: 80 }));
    (await listener.accept()).destroy();
    expect(await next.closed()).toBe("reset");
  });
});

describe("a link to another side that does not fit", () => {
  it("refuses another version, here and there", async () => {
    const { port1, port2 } = channel();
    const heard: unknown[] = [];
    port2.onmessage = ({ data }) => heard.push(data);
    const link = new MessagePortNetwork(port1);
    const connecting = code(link.connect({ host: "localhost", port: 80 }));
    port2.postMessage(["hello", "link", 99]);
    expect(await connecting).toBe("EPROTONOSUPPORT");
    expect((await link.closed)?.message).toContain("speaks version 99");
    await settled();
    expect(heard.at(-1)).toEqual(["reset", "EPROTONOSUPPORT"]);
  });

  it.each([
    ["a connect without a port", ["connect", "localhost", 80, 1]],
    ["a connect without a host", ["connect", null, 80, 1, null]],
    [
      "a connect with what only looks like a port",
      ["connect", "localhost", 80, 1, { postMessage: 1, start: 1 }],
    ],
    ["words of a socket", ["end"]],
    ["nonsense", "?"],
  ])("gives up on %s", async (_, message) => {
    const { port1, port2 } = channel();
    const link = new MessagePortNetwork(port1);
    port2.postMessage(["hello", "link", 1]);
    port2.postMessage(message);
    expect((await link.closed)?.code).toBe("EPROTO");
  });
});
