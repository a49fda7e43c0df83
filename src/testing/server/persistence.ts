import { describe, expect, it } from "vitest";
import { settled } from "../turn.ts";
import {
  body,
  chunked,
  deferred,
  echo,
  fields,
  get,
  head,
  ok,
  post,
  type ServerStage,
  statuses,
} from "./stage.ts";
import { unreadCases } from "./unread.ts";

/** RFC 9112 section 9: how long a connection lives, pipelining, bodies that nobody reads, `Expect`. */
export function persistenceCases(stage: ServerStage): void {
  describe("keeps the connection", () => {
    it("by default in 1.1, and does not say so (#52)", async () => {
      const { connect } = await stage.serve(ok);
      const client = await connect();
      for (let i = 0; i < 3; i++) {
        await client.send(get());
        expect(fields(await client.read("ok")).connection).toBeUndefined();
      }
      await client.quiet();
      expect(client.state).toBe("open");
    });

    it("in 1.0 only when asked to, and says so (#52)", async () => {
      const { connect } = await stage.serve(ok);
      const kept = await connect();
      await kept.send(head("GET / HTTP/1.0", "Connection: Keep-Alive"));
      expect(fields(await kept.read("ok")).connection).toBe("keep-alive");
      await kept.send(head("GET / HTTP/1.0"));
      expect(fields(await kept.readToEnd()).connection).toBe("close");
    });

    it("does not close it because of `respond`", async () => {
      const { connect } = await stage.serve(async (request) => {
        await request.respond(200, request.target);
      });
      const client = await connect();
      await client.send(get("/1"));
      await client.read("/1");
      await client.send(get("/2"));
      await client.read("/2");
    });
  });

  describe("closes the connection", () => {
    it("after the response when the client said close, and reads nothing behind it (#48, #49)", async () => {
      const seen: string[] = [];
      const { connect } = await stage.serve(async (request) => {
        seen.push(request.target);
        await request.respond(200, "ok");
      });
      for (const option of ["close", "Close", "keep-alive, close", "x, CLOSE ,"]) {
        const client = await connect();
        await client.send(get("/a", `Connection: ${option}`) + get("/b"));
        const text = await client.readToEnd();
        expect(statuses(text)).toEqual([200]);
        expect(fields(text).connection).toBe("close");
      }
      expect(seen).toEqual(["/a", "/a", "/a", "/a"]);
    });

    it("when the callback asks for it (#49)", async () => {
      const { connect } = await stage.serve((r) => r.respond(200, "ok", { Connection: "close" }));
      const client = await connect();
      await client.send(get());
      const text = await client.readToEnd();
      expect(text.match(/connection: close/gi)).toHaveLength(1);
    });

    it("in stages: its own side first, and it reads on until the client ends (#53)", async () => {
      const { connect } = await stage.serve(ok);
      const client = await connect();
      await client.send(get("/", "Connection: close"));
      await client.readToEnd();
      expect(client.state).toBe("half-closed");
      await client.send("bytes that nobody waits for");
      await client.quiet();
      expect(client.state).toBe("half-closed");
      expect(await client.closed()).toBe("closed");
    });

    it("for good when the client does not end its side", async () => {
      const { connect, clock } = await stage.serve(ok);
      const client = await connect();
      await client.send(get("/", "Connection: close"));
      await client.readToEnd();
      await clock.advance(5000);
      // On TCP a side that was told of the end hears of the reset when it writes.
      for (let i = 0; i < 50 && client.state === "half-closed"; i++) await client.send("x").then(settled);
      expect(client.state).toBe("reset");
    });

    it("only when a slow client has had the time to take its last answer", async () => {
      const page = "x".repeat(1_000_000);
      const { connect, clock } = await stage.serve((r) => r.respond(200, page));
      const client = await connect({ paused: true });
      await client.send(get("/", "Connection: close"));
      for (let i = 0; i < 10; i++) await settled();
      await clock.advance(20_000);
      client.socket.resume();
      expect(body(await client.readToEnd()).length).toBe(page.length);
    });

    it("after everything asked for was answered when the client ends its side", async () => {
      const { exchange } = await stage.serve(async (request) => {
        await settled();
        await request.respond(200, request.target);
      });
      expect(statuses(await exchange(get("/1") + get("/2") + get("/3")))).toEqual([200, 200, 200]);
    });
  });

  describe("pipelined requests", () => {
    it("are answered in order however long each takes (#51)", async () => {
      const first = deferred();
      const { connect } = await stage.serve(async (request) => {
        if (request.target === "/one") await first.promise;
        await request.respond(200, request.target);
      });
      const client = await connect();
      await client.send(get("/one") + get("/two") + get("/three"));
      await client.quiet();
      expect(client.text).toBe("");
      first.resolve();
      const text = await client.read("three");
      expect(text.match(/one|two|three/g)).toEqual(["one", "two", "three"]);
    });

    it("are handed over one at a time", async () => {
      let running = 0;
      let most = 0;
      const { exchange } = await stage.serve(async (request) => {
        most = Math.max(most, ++running);
        await settled();
        running--;
        await request.respond(200);
      });
      await exchange(get().repeat(5));
      expect(most).toBe(1);
    });

    it("leave in one write when their answers are ready together, at once or microtasks apart", async () => {
      for (const hops of [0, 1, 3]) {
        const { connect } = await stage.serve(async (request) => {
          for (let i = 0; i < hops; i++) await null;
          await request.respond(200, "ok");
        });
        const client = await connect();
        await client.send(get().repeat(16));
        await client.waitFor(({ text }) => statuses(text).length === 16);
        expect(client.events, `${hops} hops`).toHaveLength(1);
      }
    });

    it("are not lost when they come with bodies, in any pieces", async () => {
      const { exchange } = await stage.serve(echo);
      const requests = post("one") + chunked("3\r\ntwo\r\n0\r\n\r\n") + get() + post("three");
      for (const pace of ["whole", "bytes", "split"] as const) {
        const text = await exchange(requests, pace);
        expect(statuses(text)).toEqual([200, 200, 200, 200]);
        expect(text).toMatch(/one[\s\S]*two[\s\S]*three$/);
      }
    });

    it("wait in the connection while answers are not taken, and cost bounded memory", async () => {
      const page = "x".repeat(100_000);
      let calls = 0;
      const { connect } = await stage.serve(async (request) => {
        calls++;
        await request.respond(200, page);
      });
      const client = await connect({ paused: true });
      const batch = get("/", `Filler: ${"f".repeat(8000)}`).repeat(100);
      let sent = 0;
      const limit = stage.stallBytes * 2;
      while (sent < limit && client.socket.write(batch)) sent += batch.length;
      for (let before = -1; before !== calls; ) {
        before = calls;
        for (let i = 0; i < 20; i++) await settled();
      }
      expect(calls * page.length).toBeLessThan(stage.stallBytes + 16 * page.length);
    });
  });

  unreadCases(stage);
}
