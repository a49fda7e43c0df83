import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../../server/types.ts";
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

/** Request bodies that the callback does not read, that are too large, or that wait to be asked for. */
export function unreadCases(stage: ServerStage): void {
  describe("a body that the callback does not read", () => {
    it("is no request: it is read and dropped, and the next request is served (#36)", async () => {
      const seen: string[] = [];
      const { exchange } = await stage.serve(async (request) => {
        seen.push(request.target);
        await request.respond(200);
      });
      const evil = "GET /evil HTTP/1.1\r\nHost: a\r\n\r\n";
      const text = await exchange(
        post(evil) + chunked(`${evil.length.toString(16)}\r\n${evil}\r\n0\r\n\r\n`) + get("/next"),
      );
      expect(statuses(text)).toEqual([200, 200, 200]);
      expect(seen).toEqual(["/", "/", "/next"]);
    });

    it("closes the connection when it is long, and the answer says so (#36)", async () => {
      const { connect } = await stage.serve(ok);
      const client = await connect();
      await client.send(head("POST / HTTP/1.1", "Host: a", "Content-Length: 1000000"));
      expect(fields(await client.readToEnd()).connection).toBe("close");
    });

    it("closes the connection when a chunked one does not end within a bound", async () => {
      const { connect } = await stage.serve(ok);
      const client = await connect();
      await client.send(chunked(""));
      await client.read("ok");
      for (let i = 0; i < 40 && client.state === "open"; i++) {
        // Without waiting for room: behind the end nobody makes any.
        client.socket.write(new TextEncoder().encode(`4000\r\n${"x".repeat(16_384)}\r\n`));
        await settled();
      }
      await client.readToEnd();
    });

    it("is dropped when it turns out malformed, and the connection closes", async () => {
      const { connect } = await stage.serve(ok);
      const client = await connect();
      await client.send(chunked("zz\r\n") + get("/evil"));
      expect(statuses(await client.readToEnd())).toEqual([200]);
    });

    it.each(["keep-alive", "close"])(
      "can be read after the answer, until the callback ends (%s)",
      async (connection) => {
        let text = "";
        const { connect } = await stage.serve(async (request) => {
          if (request.method === "GET") return request.respond(200);
          await request.respond(202, "accepted");
          await settled();
          text = await request.text();
        });
        const client = await connect();
        await client.send(
          head("POST / HTTP/1.1", "Host: a", "Content-Length: 9", `Connection: ${connection}`),
        );
        await client.send("much ");
        await client.read("accepted");
        await client.send(`late${get("/next")}`);
        const next = connection === "close" ? client.readToEnd() : client.read("200 OK");
        expect(statuses(await next)).toEqual(connection === "close" ? [] : [200]);
        expect(text).toBe("much late");
      },
    );

    it("is not there for who reads when the callback has ended: an error, never a shorter body", async () => {
      let late: HttpRequest | undefined;
      const { connect } = await stage.serve(async (request) => {
        if (request.method === "GET") return request.respond(200);
        late = request;
        await request.respond(202, "accepted");
      });
      const client = await connect();
      await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 9")}much `);
      await client.read("accepted");
      await settled();
      await expect(late?.text()).rejects.toMatchObject({ code: "BodyAlreadyRead" });
      await client.send(`late${get("/next")}`);
      await client.read("200 OK");
      await expect(late?.bytes()).rejects.toMatchObject({ code: "BodyAlreadyRead" });

      const other = await connect();
      await other.send(
        `${head("POST / HTTP/1.1", "Host: a", "Content-Length: 9", "Connection: close")}much `,
      );
      await other.readToEnd();
      await expect(late?.text()).rejects.toMatchObject({ code: "IncompleteMessage" });
    });
  });

  describe("maxBody", () => {
    it("answers 413 before the callback when the length is above it, and the client sees the answer", async () => {
      let called = false;
      const { connect } = await stage.serve(
        () => {
          called = true;
        },
        { maxBody: 10 },
      );
      const client = await connect();
      await client.send(head("POST / HTTP/1.1", "Host: a", "Content-Length: 200000"));
      await client.send("x".repeat(200_000));
      const text = await client.readToEnd();
      expect(statuses(text)).toEqual([413]);
      expect(fields(text).connection).toBe("close");
      expect(await client.closed()).toBe("closed");
      expect(called).toBe(false);
    });

    it("answers 413 when chunks come to more than it", async () => {
      const { exchange, errors } = await stage.serve(echo, { maxBody: 10 });
      expect(statuses(await exchange(chunked("a\r\n0123456789\r\n0\r\n\r\n")))).toEqual([200]);
      expect(statuses(await exchange(chunked("a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n") + get()))).toEqual([
        413,
      ]);
      expect(errors).toEqual([]);
    });

    it("takes a body of exactly its size", async () => {
      const { exchange } = await stage.serve(echo, { maxBody: 5 });
      expect(statuses(await exchange(post("12345")))).toEqual([200]);
      expect(statuses(await exchange(post("123456")))).toEqual([413]);
    });
  });

  describe("Expect: 100-continue", () => {
    const expecting = (length: number, version = "1.1") =>
      head(`POST / HTTP/${version}`, "Host: a", `Content-Length: ${length}`, "Expect: 100-continue");

    it("is answered when the body is first read (#38, #39)", async () => {
      const read = deferred();
      const { connect } = await stage.serve(async (request) => {
        await read.promise;
        await request.respond(200, await request.text());
      });
      const client = await connect();
      await client.send(expecting(5));
      await client.quiet();
      expect(client.text).toBe("");
      read.resolve();
      expect(await client.read("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
      await client.send("hello");
      expect(body(await client.read("hello"))).toBe("hello");
      await client.send(get());
      await client.read("200 OK");
    });

    it("is not answered when the body is there already, or was refused (#38)", async () => {
      const { exchange } = await stage.serve(echo, { maxBody: 10 });
      expect(statuses(await exchange(`${expecting(5)}hello`))).toEqual([200]);
      expect(statuses(await exchange(expecting(11)))).toEqual([413]);
    });

    it("is not answered when the callback does not read, and the connection closes (#38)", async () => {
      const { connect } = await stage.serve((r) => r.respond(403));
      const client = await connect();
      await client.send(expecting(5));
      const text = await client.readToEnd();
      expect(statuses(text)).toEqual([403]);
      expect(fields(text).connection).toBe("close");
    });

    it("is ignored in 1.0 and without a body (#37, #64)", async () => {
      const { connect, exchange } = await stage.serve(echo);
      const client = await connect();
      await client.send(expecting(5, "1.0"));
      await client.quiet();
      expect(client.text).toBe("");
      await client.send("hello");
      expect(statuses(await client.readToEnd())).toEqual([200]);
      expect(statuses(await exchange(get("/", "Expect: 100-continue")))).toEqual([200]);
    });
  });
}
