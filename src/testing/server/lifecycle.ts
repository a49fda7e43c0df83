import { describe, expect, it } from "vitest";
import { HttpServer } from "../../server/server.ts";
import type { Network } from "../../socket/index.ts";
import { settled } from "../turn.ts";
import { body, deferred, fields, get, ok, type ServerStage, statuses } from "./stage.ts";
import { upgradeCases } from "./upgrades.ts";

/** From `listen` to `close`, and the hand-over by `upgrade`. */
export function lifecycleCases(stage: ServerStage): void {
  it("has a port once it listens, and not before", async () => {
    const { server } = await stage.serve(ok);
    expect(server.getPort()).toBeGreaterThan(0);
    expect(server.listening).toBe(true);
    const other = new HttpServer({ network: neverUsed() });
    expect(() => other.getPort()).toThrow(expect.objectContaining({ code: "NotListening" }));
    await expect(other.acceptRequest(ok)).rejects.toMatchObject({ code: "NotListening" });
    expect(other.listening).toBe(false);
    await other.close();
  });

  it("refuses a second listen, a port out of range and options out of range", async () => {
    const { server } = await stage.serve(ok);
    await expect(server.listen(0)).rejects.toMatchObject({ code: "AlreadyListening" });
    const network = neverUsed();
    for (const port of [-1, 65_536, 1.5, Number.NaN]) {
      await expect(new HttpServer({ network }).listen(port)).rejects.toMatchObject({ code: "InvalidPort" });
    }
    expect(() => new HttpServer({ network, maxBody: -1 })).toThrow(
      expect.objectContaining({ code: "InvalidOption" }),
    );
    expect(() => new HttpServer({ network, limits: { maxHeaderBytes: 0 } })).toThrow(
      expect.objectContaining({ code: "InvalidOption" }),
    );
    expect(() => new HttpServer({ network, timeouts: { bodyMs: Number.NaN } })).toThrow(
      expect.objectContaining({ code: "InvalidOption" }),
    );
  });

  it("refuses a grace, a count of descriptors and an onError that are none, and goes on", async () => {
    const { server } = await stage.serve(ok);
    const invalid = expect.objectContaining({ code: "InvalidOption" });
    const asked = ["5" as never, Number.NaN, -1];
    for (const graceMs of asked) await expect(server.close({ graceMs })).rejects.toEqual(invalid);
    for (const count of asked) expect(() => server.shouldAcceptRequest(count)).toThrow(invalid);
    expect(server.listening).toBe(true);
    const { network } = await stage.subject();
    for (const assumedDescriptorsPerRequest of asked.slice(0, 2)) {
      const options = { assumedDescriptorsPerRequest };
      await expect(new HttpServer({ network }).serve(0, ok, options)).rejects.toEqual(invalid);
    }
    expect(() => new HttpServer({ network, onError: "log" as never })).toThrow(invalid);
  });

  it("refuses what is no callback before there is a connection", async () => {
    const { network } = await stage.subject();
    const missing = undefined as unknown as typeof ok;
    const server = new HttpServer({ network });
    await expect(server.serve(0, missing)).rejects.toMatchObject({ code: "InvalidOption" });
    expect(server.listening).toBe(false);
    const other = new HttpServer({ network });
    await other.listen(0);
    await expect(other.acceptRequest(missing)).rejects.toMatchObject({ code: "InvalidOption" });
    await other.close();
  });

  it("says by the network's count of descriptors whether to accept", async () => {
    let counts: { active: number; max: number | undefined } = { active: 10, max: 15 };
    const network = { ...neverUsed(), descriptors: () => counts };
    const server = new HttpServer({ network, maxDescriptorsFallback: 100 });
    expect(server.shouldAcceptRequest()).toBe(true);
    expect(server.shouldAcceptRequest(6)).toBe(false);
    counts = { active: 96, max: undefined };
    expect(server.shouldAcceptRequest()).toBe(false);
    expect(server.shouldAcceptRequest(4)).toBe(true);
  });

  describe("close", () => {
    it("answers the first request of a connection that had just come, and waits half a second for it", async () => {
      const { server, clock, connect } = await stage.serve(ok);
      const quick = await connect();
      const silent = await connect();
      await settled();
      const closed = server.close();
      await settled();
      await quick.send(get());
      const text = await quick.readToEnd();
      expect(body(text)).toBe("ok");
      expect(fields(text).connection).toBe("close");
      await silent.quiet(10);
      await clock.advance(1500);
      expect(await silent.readToEnd()).toBe("");
      for (const client of [quick, silent]) client.end();
      await closed;
    });

    it("ends idle connections, lets running requests finish with close, and then resolves (#50)", async () => {
      const go = deferred();
      const { server, clock, connect } = await stage.serve(async (request) => {
        await go.promise;
        await request.respond(200, "finished");
      });
      const idle = await connect();
      await clock.advance(1000);
      const busy = await connect();
      await busy.send(get());
      await settled();
      const closed = server.close();
      expect(server.listening).toBe(false);
      expect(await idle.readToEnd()).toBe("");
      idle.end();
      await busy.quiet(10);
      go.resolve();
      const text = await busy.readToEnd();
      expect(body(text)).toBe("finished");
      expect(fields(text).connection).toBe("close");
      busy.end();
      await closed;
    });

    it("cuts what is left after graceMs", async () => {
      const { server, connect, clock } = await stage.serve(() => new Promise(() => {}));
      const client = await connect();
      await client.send(get());
      await settled();
      const closed = server.close({ graceMs: 3000 });
      await clock.advance(2900);
      await client.quiet(10);
      await clock.advance(200);
      await client.waitFor(({ state }) => state !== "open");
      await closed;
    });

    it("serves a request whose head was on its way", async () => {
      const { server, connect } = await stage.serve(ok);
      const client = await connect();
      await client.send(get().slice(0, 20));
      await settled();
      const closed = server.close();
      await client.send(get().slice(20));
      expect(statuses(await client.readToEnd())).toEqual([200]);
      client.end();
      await closed;
    });

    it("can be called twice, before listen, and by `await using`", async () => {
      const { server, connect } = await stage.serve(ok);
      await Promise.all([server.close(), server.close()]);
      await expect(connect()).rejects.toMatchObject({ code: "ECONNREFUSED" });
      const unused = new HttpServer({ network: neverUsed() });
      await unused[Symbol.asyncDispose]();
    });

    it("leaves nothing that listens when it comes before listen or serve has bound, or even before that", async () => {
      const subject = await stage.subject();
      const { network, host } = subject;
      const abort = new AbortController();
      const heard: number[] = [];
      const starts: ((server: HttpServer) => Promise<void>)[] = [
        (server) => server.listen(0),
        (server) => server.serve(0, ok, { onListen: ({ port }) => heard.push(port) }),
        (server) => server.serve(0, ok, { signal: abort.signal, onListen: ({ port }) => heard.push(port) }),
      ];
      const ports: number[] = [];
      const seen: Network = {
        ...network,
        connect: (spec) => network.connect(spec),
        descriptors: () => network.descriptors(),
        listen: async (spec) => {
          const listener = await network.listen(spec);
          ports.push(listener.address.port);
          return listener;
        },
      };
      for (const start of starts) {
        const server = new HttpServer({ network: seen });
        const started = start(server);
        if (start === starts[2]) abort.abort();
        else await server.close();
        await started;
        expect(server.listening).toBe(false);
        await server.close();
        await expect(server.listen(0)).rejects.toMatchObject({ code: "AlreadyListening" });
      }
      const early = new HttpServer({ network: seen });
      await early.close();
      await expect(early.listen(0)).rejects.toMatchObject({ code: "AlreadyListening" });
      expect(ports).toHaveLength(3);
      expect(heard).toEqual([]);
      for (const port of ports) {
        await expect(network.connect({ host, port })).rejects.toMatchObject({ code: "ECONNREFUSED" });
      }
    });

    it("lets a waiting acceptRequest return", async () => {
      const { server } = await stage.serve(ok);
      const waiting = server.acceptRequest(ok);
      await server.close();
      await waiting;
    });
  });

  upgradeCases(stage);
}

/** A network for servers that never get as far as using it. */
function neverUsed() {
  const unused = () => Promise.reject(new Error("not used"));
  return { listen: unused, connect: unused, descriptors: () => ({ active: 0, max: undefined }) };
}
