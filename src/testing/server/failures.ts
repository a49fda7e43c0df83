import { describe, expect, it } from "vitest";
import { settled } from "../turn.ts";
import { body, deferred, echo, get, head, ok, post, type ServerStage, statuses } from "./stage.ts";

/** Callbacks that fail, peers that are slow or gone: nothing of it reaches anybody else. */
export function failureCases(stage: ServerStage): void {
  describe("a callback that", () => {
    it("throws, at once or later, answers 500 and is told to onError; the connection goes on", async () => {
      const { exchange, errors } = await stage.serve((request) => {
        if (request.target === "/sync") throw new Error("at once");
        return settled().then(() => {
          throw new Error("later");
        });
      });
      const text = await exchange(get("/sync") + get("/async"));
      expect(statuses(text)).toEqual([500, 500]);
      expect(text).not.toMatch(/at once|later/);
      expect(errors.map(String)).toEqual(["Error: at once", "Error: later"]);
    });

    it("throws after it answered is told to onError, and the answer stands", async () => {
      const { exchange, errors } = await stage.serve(async (request) => {
        await request.respond(200, "ok");
        throw new Error("late");
      });
      expect(statuses(await exchange(get() + get()))).toEqual([200, 200]);
      expect(errors).toHaveLength(2);
    });

    it("returns without an answer gets 500", async () => {
      const { exchange, errors } = await stage.serve(() => {});
      expect(statuses(await exchange(get() + get()))).toEqual([500, 500]);
      expect(errors.map((error) => (error as { code: string }).code)).toEqual(["NoResponse", "NoResponse"]);
    });

    it("rejects with something that is no error gets 500", async () => {
      const { exchange, errors } = await stage.serve(() => Promise.reject(undefined));
      expect(statuses(await exchange(get()))).toEqual([500]);
      expect(errors).toEqual([undefined]);
    });

    it("never answers holds its own connection and no other", async () => {
      const { connect, exchange } = await stage.serve((r) =>
        r.target === "/never" ? new Promise(() => {}) : ok(r),
      );
      const client = await connect();
      await client.send(get("/never"));
      expect(statuses(await exchange(get()))).toEqual([200]);
      await client.quiet();
    });

    it("lets a refused answer go unawaited does no harm", async () => {
      const { exchange } = await stage.serve((request) => {
        void request.respond(200, "", { X: "\n" });
        void request.respond(700);
        void request.respond(200, "fine");
        void request.respond(200, "twice");
      });
      expect(body(await exchange(get()))).toBe("fine");
    });
  });

  it("survives an onError that throws", async () => {
    const { exchange } = await stage.serve(
      () => {
        throw new Error("broke");
      },
      {
        onError: () => {
          throw new Error("so did this");
        },
      },
    );
    expect(statuses(await exchange(get()))).toEqual([500]);
  });

  it("does not notice on one connection what happens on another", async () => {
    const { connect, exchange } = await stage.serve(echo);
    const broken = await connect();
    await broken.send("nonsense\r\n\r\n");
    const cut = await connect();
    await cut.send(head("POST / HTTP/1.1", "Host: a", "Content-Length: 9"));
    cut.destroy();
    expect(statuses(await exchange(post("fine")))).toEqual([200]);
  });

  it("aborts the signal and fails the body when the client goes in the middle of a body", async () => {
    const seen = deferred<unknown[]>();
    const { connect, errors } = await stage.serve(async (request) => {
      const { signal } = request;
      const error = await request.bytes().catch((cause) => cause);
      seen.resolve([error.code, signal.aborted]);
      throw error;
    });
    const client = await connect();
    await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 9")}1234`);
    await settled();
    client.destroy();
    expect(await seen.promise).toEqual(["IncompleteMessage", true]);
    await settled();
    expect(errors).toEqual([]);
  });

  it("aborts the signal when the client ended its side a while ago, and answers all the same", async () => {
    const aborted = deferred<unknown>();
    const { connect, clock, errors } = await stage.serve(async (request) => {
      request.signal.addEventListener("abort", () => aborted.resolve(request.signal.reason));
      if (request.target === "/slow") await aborted.promise;
      await request.respond(200, `${request.target} ${request.signal.aborted}`);
    });
    const client = await connect();
    await client.send(get("/quick") + get("/slow") + get("/after"));
    client.end();
    await settled();
    await settled();
    await clock.advance(100);
    expect(await aborted.promise).toMatchObject({ code: "ECONNRESET" });
    const text = await client.readToEnd();
    expect(statuses(text)).toEqual([200, 200, 200]);
    expect(text).toContain("/quick false");
    expect(text).toContain("/slow true");
    expect(errors).toEqual([]);
  });

  it("does not tell onError of the signal's own reason", async () => {
    const given = deferred<void>();
    const { connect, errors } = await stage.serve(async ({ signal }) => {
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        given.resolve();
      });
    });
    const client = await connect();
    await client.send(get("/"));
    await given.promise;
    client.destroy();
    await client.closed();
    await settled();
    await settled();
    expect(errors).toEqual([]);
  });

  it("lets go of a client that ended its side when the callback has nothing more to say to it", async () => {
    const { connect, clock, errors } = await stage.serve(async (request) => {
      const gone = new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      const writer = request.target === "/open" ? await request.sendHeaders({}) : undefined;
      await gone;
      await writer?.write("never closed");
    });
    const silent = await connect();
    await silent.send(get("/silent"));
    const open = await connect();
    await open.send(get("/open"));
    for (const client of [silent, open]) client.end();
    await settled();
    await settled();
    await clock.advance(100);
    expect(await silent.readToEnd()).toBe("");
    await open.read("never closed");
    await clock.advance(59_000);
    expect(open.state).toBe("open");
    await clock.advance(62_000);
    await open.closed();
    expect(errors).toEqual([]);
  });

  describe("timeouts", () => {
    const timeouts = { headersMs: 4000, bodyMs: 4000, keepAliveMs: 8000, writeStallMs: 4000 };

    it("answer 408 to a head that does not end in time, however it trickles in", async () => {
      const { connect, clock } = await stage.serve(ok, { timeouts });
      const client = await connect();
      await client.send("GET / HTTP/1.1\r\n");
      for (let i = 0; i < 3; i++) {
        await settled();
        await clock.advance(1200);
        await client.send(`X${i}: y\r\n`);
      }
      expect(client.text).toBe("");
      await clock.advance(2500);
      expect(statuses(await client.readToEnd())).toEqual([408]);
    });

    it("close a connection on which nothing came at all, without an answer", async () => {
      const { connect, clock } = await stage.serve(ok, { timeouts });
      const client = await connect();
      await settled();
      await clock.advance(5100);
      expect(await client.readToEnd()).toBe("");
    });

    it("close an idle connection after keepAliveMs, and not before", async () => {
      const { connect, clock } = await stage.serve(ok, { timeouts });
      const client = await connect();
      await client.send(get());
      await client.read("ok");
      await clock.advance(7900);
      await client.quiet(10);
      expect(client.state).toBe("open");
      await clock.advance(1200);
      expect(await client.readToEnd()).toBe("");
    });

    it("start anew with each request", async () => {
      const { connect, clock } = await stage.serve(ok, { timeouts });
      const client = await connect();
      for (let i = 0; i < 4; i++) {
        await client.send(get());
        await client.read("ok");
        await clock.advance(6000);
      }
      expect(client.state).toBe("open");
    });

    it("answer 408 to a body that stops, or comes a byte at a time", async () => {
      const { connect, clock, errors } = await stage.serve(echo, { timeouts });
      const client = await connect();
      await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 1000")}a`);
      for (let i = 0; i < 3; i++) {
        await settled();
        await clock.advance(1200);
        await client.send("b");
      }
      expect(client.text).toBe("");
      await clock.advance(2500);
      expect(statuses(await client.readToEnd())).toEqual([408]);
      expect(errors).toEqual([]);
    });

    it("do not touch a body that comes steadily, however long it takes", async () => {
      const { connect, clock } = await stage.serve(
        async (r) => r.respond(200, String((await r.bytes()).length)),
        { timeouts },
      );
      const client = await connect();
      await client.send(head("POST / HTTP/1.1", "Host: a", `Content-Length: ${5 * 70_000}`));
      for (let i = 0; i < 5; i++) {
        await client.send("x".repeat(70_000));
        await settled();
        await clock.advance(3500);
      }
      expect(body(await client.read("350000"))).toBe("350000");
    });

    it("do not count the time that the callback takes", async () => {
      const wait = deferred();
      const { connect, clock } = await stage.serve(
        async (request) => {
          await wait.promise;
          await request.respond(200, await request.text());
        },
        { timeouts },
      );
      const client = await connect();
      await client.send(post("body"));
      await settled();
      await clock.advance(60_000);
      wait.resolve();
      expect(body(await client.read("body"))).toBe("body");
    });

    it("reset a client that does not take its answer", async () => {
      const big = new Uint8Array(stage.stallBytes);
      const { connect, clock } = await stage.serve((r) => r.respond(200, big), { timeouts });
      const client = await connect({ paused: true });
      await client.send(get());
      for (let i = 0; i < 30; i++) await settled();
      await clock.advance(6000);
      client.socket.resume();
      await client.waitFor(({ state }) => state !== "open", { withinMs: 10_000 });
      expect(client.bytes.length).toBeLessThan(big.length);
    });

    it("of 0 wait for ever", async () => {
      const never = { headersMs: 0, bodyMs: 0, keepAliveMs: 0, writeStallMs: 0 };
      const { connect, clock } = await stage.serve(ok, { timeouts: never });
      const client = await connect();
      await client.send("GET / HTTP/1.1\r\n");
      await settled();
      await clock.advance(300_000);
      await client.send("Host: a\r\n\r\n");
      await client.read("ok");
    });
  });
}
