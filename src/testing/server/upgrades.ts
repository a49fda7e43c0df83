import { describe, expect, it } from "vitest";
import { settled } from "../turn.ts";
import { deferred, fields, get, head, post, type ServerStage, statuses } from "./stage.ts";

/** RFC 9110 section 7.8: a connection that is handed over to another protocol. */
export function upgradeCases(stage: ServerStage): void {
  describe("upgrade", () => {
    const offer = (...more: string[]) =>
      get("/", "Connection: keep-alive, Upgrade", "Upgrade: chat, other/2", ...more);

    it("answers 101 and hands over the connection with the bytes that were read already (#67)", async () => {
      const { connect } = await stage.serve(async (request) => {
        const socket = await request.upgrade("chat", { "X-Extra": "1" });
        socket.open({
          onData: (bytes) => void socket.write(`<${new TextDecoder().decode(bytes)}>`),
          onEnd: () => socket.end(),
          onDrain: () => {},
          onClose: () => {},
        });
      });
      const client = await connect();
      await client.send(`${offer()}early`);
      const text = await client.read("<early>");
      expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
      expect(fields(text)).toMatchObject({ upgrade: "chat", connection: "Upgrade", "x-extra": "1" });
      expect(text).not.toMatch(/content-length|transfer-encoding/i);
      await client.send("GET / HTTP/1.1");
      expect(await client.read(">")).toBe("<GET / HTTP/1.1>");
      client.end();
      await client.readToEnd();
      expect(await client.closed()).toBe("closed");
    });

    it("loses nothing that comes before the new protocol opens the socket, and honours pause", async () => {
      const opened = deferred();
      const pieces: string[] = [];
      const ended = deferred();
      const { connect } = await stage.serve(async (request) => {
        const socket = await request.upgrade("chat");
        await opened.promise;
        socket.pause();
        socket.open({
          onData: (bytes) => void pieces.push(new TextDecoder().decode(bytes)),
          onEnd: () => ended.resolve(),
          onDrain: () => {},
          onClose: () => {},
        });
        await settled();
        expect(pieces).toEqual([]);
        socket.resume();
      });
      const client = await connect();
      await client.send(`${offer()}one`);
      await client.read("\r\n\r\n");
      await client.send("two");
      client.end();
      await settled();
      opened.resolve();
      await ended.promise;
      expect(pieces.join("")).toBe("onetwo");
    });

    it("brings plain Uint8Arrays, whatever the platform reads into", async () => {
      const kinds: unknown[] = [];
      const { connect } = await stage.serve(async (request) => {
        for await (const chunk of request.body ?? []) kinds.push(chunk.constructor);
        const socket = await request.upgrade("chat");
        socket.open({
          onData: (bytes) => {
            kinds.push(bytes.constructor);
            socket.write(".");
          },
          onEnd: () => socket.end(),
          onDrain: () => {},
          onClose: () => {},
        });
      });
      const client = await connect();
      await client.send(
        post("", "Connection: Upgrade", "Upgrade: chat").replace("Content-Length: 0", "Content-Length: 2"),
      );
      await client.send("ab");
      await client.send("early");
      await client.read("\r\n\r\n.");
      await client.send("late");
      await client.read(".");
      expect(new Set(kinds)).toEqual(new Set([Uint8Array]));
      client.end();
    });

    it("is refused for a protocol that was not offered, and in 1.0 (#40, #42)", async () => {
      const codes: string[] = [];
      const { exchange } = await stage.serve(async (request) => {
        await request.upgrade("nothing").catch((error) => codes.push(error.code));
        if (request.protocol.minor === 0)
          await request.upgrade("chat").catch((error) => codes.push(error.code));
        await request.respond(426, "", { Upgrade: "chat" });
      });
      await exchange(offer());
      await exchange(head("GET / HTTP/1.0", "Connection: Upgrade", "Upgrade: chat"));
      await exchange(get("/", "Upgrade: nothing"));
      expect(codes).toEqual(Array(4).fill("NotUpgradable"));
    });

    it("sends 100 before 101 when the body was waited for (#41)", async () => {
      const { connect } = await stage.serve(async (request) => {
        await request.bytes();
        const socket = await request.upgrade("chat");
        socket.write("switched");
      });
      const client = await connect();
      await client.send(
        post("", "Connection: Upgrade", "Upgrade: chat", "Expect: 100-continue").replace(
          "Content-Length: 0",
          "Content-Length: 2",
        ),
      );
      expect(await client.read("\r\n\r\n")).toMatch(/^HTTP\/1\.1 100 /);
      await client.send("ok");
      expect(statuses(await client.read("switched"))).toEqual([101]);
    });

    it("leaves the connection to close() when the time comes", async () => {
      const { server, connect, clock } = await stage.serve(async (request) => {
        (await request.upgrade("chat")).write("x");
      });
      const client = await connect();
      await client.send(offer());
      await client.read("\r\n\r\nx");
      const closed = server.close({ graceMs: 1000 });
      await clock.advance(1100);
      await client.waitFor(({ state }) => state !== "open");
      await closed;
    });
  });
}
