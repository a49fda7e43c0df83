import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import { Admission } from "./admission.ts";
import { resolveOptions, type ServerLimits } from "./options.ts";
import { HttpServer } from "./server.ts";
import type { HttpRequest, RequestCallback } from "./types.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const ok: RequestCallback = (request) => request.respond(200, "ok");

/** A network that says of the server's sockets whether they were paused, and does not pause them. */
function watchedNetwork() {
  const paused: boolean[] = [];
  const network = new VirtualNetwork();
  const listen = network.listen.bind(network);
  network.listen = async (options) => {
    const listener = await listen(options);
    const accept = listener.accept.bind(listener);
    listener.accept = async () => {
      const socket = await accept();
      socket.pause = () => paused.push(true);
      socket.resume = () => paused.push(false);
      return socket;
    };
    return listener;
  };
  return { network, paused };
}

async function stage(limits: Partial<ServerLimits>, callback: RequestCallback = ok) {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network, limits, clock: new FakeClock() });
  void server.serve(80, callback);
  await settled();
  const connect = (options: { paused?: boolean } = {}) =>
    WireClient.connect(network, { host: "localhost", port: 80 }, options);
  return { server, connect };
}

/** A client that has read its last answer, to what is no request, and for which the server lingers. */
async function refused(behind: string) {
  const { network, paused } = watchedNetwork();
  const server = new HttpServer({ network, clock: new FakeClock() });
  const serving = server.serve(80, ok);
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send(`no request\r\n\r\n${behind}`);
  expect(await client.readToEnd()).toContain("400 Bad Request");
  const close = async () => {
    await server.close({ graceMs: 0 });
    await serving;
  };
  return { client, paused, close };
}

it("stops reading at a body's mistake, before the callback knows of it", async () => {
  const { network, paused } = watchedNetwork();
  const server = new HttpServer({ network, clock: new FakeClock() });
  let state: boolean | undefined;
  const serving = server.serve(80, async (request) => {
    await request.bytes().catch(() => {
      state = paused.at(-1);
    });
    await request.respond(400);
  });
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  await settled();
  await client.send("no size\r\n");
  expect(await client.readToEnd()).toContain("400 Bad Request");
  expect(state).toBe(true);
  await server.close({ graceMs: 0 });
  await serving;
});

describe("connections", () => {
  it("answers one too many with 503 and closes it, resets more than as many again, and serves when one has left", async () => {
    const { server, connect } = await stage({ maxConnections: 2 });
    const first = await connect();
    const second = await connect();
    const refused = [await connect(), await connect()];
    for (const client of refused) {
      const answer = await client.readToEnd();
      expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
      expect(answer).toMatch(/\r\nConnection: close\r\n/i);
      expect(client.state).toBe("half-closed");
    }
    expect(await (await connect()).closed()).toBe("reset");
    for (const client of [first, second]) {
      await client.send(GET);
      expect(await client.read("ok")).toContain("200 OK");
    }
    for (const client of refused) client.end();
    first.end();
    await first.closed();
    await settled();
    const later = await connect();
    await later.send(GET);
    expect(await later.read("ok")).toContain("200 OK");
    await server.close({ graceMs: 0 });
  });

  it("does not serve a request of one that was refused", async () => {
    const targets: string[] = [];
    const { server, connect } = await stage({ maxConnections: 1 }, (request) => {
      targets.push(request.target);
      return request.respond(200, "ok");
    });
    await connect();
    const refused = await connect();
    await refused.send(GET);
    expect(await refused.readToEnd()).toContain("503");
    expect(targets).toEqual([]);
    await server.close({ graceMs: 0 });
  });

  it("of a peer who closed its own make room for another of its own", async () => {
    const { server, connect } = await stage({ maxConnectionsPerPeer: 1 });
    for (let round = 0; round < 4; round++) {
      const client = await connect();
      await client.send(GET);
      expect(await client.read("ok")).toContain("200 OK");
      client.end();
      await client.closed();
      await settled();
    }
    await server.close({ graceMs: 0 });
  });

  const admission = (limits: Partial<ServerLimits>) => {
    const held = new Admission(resolveOptions({ limits }).limits);
    const from = (address: string) => ({ remoteAddress: { address, port: 1, family: "IPv6" as const } });
    return {
      enter: (address: string) => held.enter(from(address), 1) <= 1,
      leave: (address: string) => held.leave(from(address)),
    };
  };

  it("are counted for each peer where that is limited", () => {
    const { enter, leave } = admission({ maxConnectionsPerPeer: 2 });
    expect(["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"].map(enter)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    leave("192.0.2.1");
    expect(enter("192.0.2.1")).toBe(false);
    leave("192.0.2.1");
    leave("192.0.2.1");
    expect(enter("192.0.2.1")).toBe(true);
  });

  it("of an IPv6 /64 are one peer's, however an address of it is written", () => {
    for (const addresses of [
      ["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"],
      ["2001:db8::1", "2001:db8:0:0:1::", "2001:db8::5:6:7:8"],
      ["2001:db8:1::1", "2001:db8:1:0:5:6:7:8"],
      ["::1", "::2:3:4:5"],
    ]) {
      const { enter } = admission({ maxConnectionsPerPeer: 1 });
      expect(addresses.map(enter)).toEqual(addresses.map((_, index) => index === 0));
    }
    const { enter } = admission({ maxConnectionsPerPeer: 1 });
    expect(["2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db9::1"].map(enter)).toEqual([true, true, true]);
  });
});

describe("what waits", () => {
  it("to be read is no more than maxReadAheadBytes and one read of the socket", async () => {
    const { network, paused } = watchedNetwork();
    let answer: (() => Promise<void>) | undefined;
    const server = new HttpServer({
      network,
      limits: { maxReadAheadBytes: GET.length * 3 },
      clock: new FakeClock(),
    });
    const serving = server.serve(80, (request) => {
      answer = () => request.respond(200, "ok");
      return new Promise<void>(() => {});
    });
    await settled();
    const client = await WireClient.connect(network, { host: "localhost", port: 80 });
    await client.send(GET.repeat(4)); // of which one is being served
    await settled();
    expect(paused).toEqual([]);
    await client.send("G");
    await settled();
    expect(paused).toEqual([true]);
    await client.send(GET.slice(1) + GET);
    await settled();
    expect(paused).toEqual([true]);
    for (let round = 0; round < 4; round++) await answer?.();
    await settled();
    expect(paused).toEqual([true, false]);
    await server.close({ graceMs: 0 });
    await serving;
  });

  it("behind the last answer is read and dropped up to 32 KiB, and then not read", async () => {
    const { client, paused, close } = await refused("x".repeat(100));
    await client.send(new Uint8Array(32_600));
    expect(paused).toEqual([]);
    await client.send(new Uint8Array(100));
    await settled();
    expect(paused).toEqual([true]);
    await close();
  });

  it("behind it and is above that already is not read on", async () => {
    const { paused, close } = await refused("x".repeat(60_000));
    expect(paused).toEqual([true]);
    await close();
  });

  it("to be taken by a peer that does not read is no more than maxUnsentBytes: a reset, and the signal", async () => {
    let seen: HttpRequest | undefined;
    let written = 0;
    const { server, connect } = await stage({ maxUnsentBytes: 1_000_000 }, async (request) => {
      seen = request;
      const body = await request.sendHeaders({});
      for (; written < 64_000_000 && !request.signal.aborted; written += 10_000) {
        body.write(new Uint8Array(10_000)).catch(() => {});
        if (written % 100_000 === 0) await new Promise((resolve) => setTimeout(resolve));
      }
    });
    const client = await connect({ paused: true });
    await client.send(GET);
    expect(await client.closed({ withinMs: 10_000 })).toBe("reset");
    expect(seen?.signal.aborted).toBe(true);
    expect(written).toBeLessThan(4_000_000);
    await server.close({ graceMs: 0 });
  });
});
