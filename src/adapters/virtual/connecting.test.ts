import { describe, expect, it } from "vitest";
import { NetworkError } from "../../socket/index.ts";
import { FakeClock, settled, WireClient } from "../../testing/index.ts";
import { VirtualNetwork } from "./index.ts";
import { FIRST_EPHEMERAL } from "./options.ts";

const host = "localhost";
const refused = expect.objectContaining({ code: "ECONNREFUSED" });

/** What a promise came to, once it did. */
function outcome(promise: Promise<unknown>): { is?: unknown } {
  const seen: { is?: unknown } = {};
  promise.then(
    () => (seen.is = "done"),
    (error) => (seen.is = error),
  );
  return seen;
}

describe("a listener", () => {
  it("says the address that it was given, and answers to those of it alone", async () => {
    const network = new VirtualNetwork();
    const everywhere = await network.listen({ port: 1 });
    const ipv4 = await network.listen({ port: 2, family: "IPv4" });
    const own = await network.listen({ port: 3, address: "localhost" });
    expect([everywhere, ipv4, own].map(({ address }) => address.address)).toEqual([
      "::",
      "0.0.0.0",
      "127.0.0.1",
    ]);
    await network.connect({ host: "::1", port: 1 });
    await network.connect({ host: "127.0.0.1", port: 2 });
    await expect(network.connect({ host: "::1", port: 2 })).rejects.toEqual(refused);
    await network.listen({ port: 4, address: "0.0.0.0" });
    await expect(network.connect({ host: "::1", port: 4 })).rejects.toEqual(refused);
  });

  it("shares a port only where the one that is there does, and takes none that a client has", async () => {
    const network = new VirtualNetwork();
    const inUse = expect.objectContaining({ code: "EADDRINUSE" });
    await network.listen({ port: 1 });
    await expect(network.listen({ port: 1, reusePort: true })).rejects.toEqual(inUse);
    const client = await network.connect({ host, port: 1 });
    await expect(network.listen({ port: client.localAddress.port })).rejects.toEqual(inUse);
  });
});

describe("a connect", () => {
  it("has a port of its own, which nobody listens on", async () => {
    const network = new VirtualNetwork();
    await network.listen({ port: FIRST_EPHEMERAL });
    const client = await network.connect({ host, port: FIRST_EPHEMERAL });
    expect(client.localAddress.port).not.toBe(FIRST_EPHEMERAL);
  });

  it("is aborted by who calls and then aborts, and not by who aborts once it is there", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80 });
    const [early, late] = [new AbortController(), new AbortController()];
    const aborted = [80, 81].map((port) => outcome(network.connect({ host, port, signal: early.signal })));
    early.abort("not now");
    await settled();
    expect(aborted).toEqual([{ is: "not now" }, { is: "not now" }]); // although nobody listens on 81
    expect(network.descriptors().active).toBe(1);
    await network.connect({ host, port: 80, signal: late.signal });
    const second = await network.connect({ host, port: 80 });
    late.abort();
    await listener.accept();
    expect((await listener.accept()).remoteAddress.port).toBe(second.localAddress.port);
  });

  it("takes the way there and back, and leaves nobody at the server when it is given up on the way back", async () => {
    const clock = new FakeClock();
    const network = new VirtualNetwork({ clock, latencyMs: 100 });
    const listener = await network.listen({ port: 80 });
    const abort = new AbortController();
    const [patient, hasty] = [undefined, abort.signal].map((signal) =>
      outcome(network.connect({ host, port: 80, signal: signal as AbortSignal })),
    );
    await clock.advance(150);
    const servers = [await listener.accept(), await listener.accept()].map(
      (socket) => new WireClient(socket),
    );
    expect([patient, hasty]).toEqual([{}, {}]);
    abort.abort("given up");
    await clock.advance(50);
    await settled();
    expect([patient?.is, hasty?.is]).toEqual(["done", "given up"]);
    await clock.advance(100);
    await settled();
    expect(servers.map(({ state }) => state)).toEqual(["open", "reset"]);
    expect(network.descriptors().active).toBe(3);
  });

  it("is told what is wrong on a route, and goes on where nobody is there alone", async () => {
    const network = new VirtualNetwork();
    const route = new VirtualNetwork({ maxSockets: 0 });
    const remove = network.addRoute(route);
    await expect(network.connect({ host, port: 80 })).rejects.toMatchObject({ code: "EMFILE" });
    remove();
    network.addRoute({
      ...route,
      connect: () => Promise.reject(new NetworkError("ENOTFOUND", "not there")),
    } as never);
    await expect(network.connect({ host, port: 80 })).rejects.toEqual(refused);
    network.addRoute({ ...route, connect: () => Promise.reject({ code: "ENOTFOUND" }) } as never);
    await expect(network.connect({ host, port: 80 })).rejects.toEqual({ code: "ENOTFOUND" });
  });
});

it("jitter alone takes its time", async () => {
  const clock = new FakeClock();
  const network = new VirtualNetwork({ clock, jitterMs: 1000 });
  const listener = await network.listen({ port: 80 });
  const client = new WireClient(await network.connect({ host, port: 80 }));
  const server = await listener.accept();
  server.write("late");
  await settled();
  expect(client.text).toBe("");
  await clock.advance(1000);
  await settled();
  expect(client.text).toBe("late");
});
