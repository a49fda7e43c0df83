import { describe, expect, it } from "vitest";
import type { BodyContent, HttpRequest } from "../../server/types.ts";
import { settled } from "../turn.ts";
import { body, fields, get, head, type ServerStage, statuses, unchunked } from "./stage.ts";

/** What goes out for what a callback says. */
export function responseCases(stage: ServerStage): void {
  /** The answer, byte for byte, to one GET. */
  async function answer(
    respond: (request: HttpRequest) => Promise<unknown>,
    request = get(),
  ): Promise<string> {
    const { exchange } = await stage.serve(async (req) => void (await respond(req)));
    return exchange(request);
  }

  /** The code of the error that a call was refused with; the callback then answers 200. */
  async function refusal(respond: (request: HttpRequest) => Promise<unknown>): Promise<string> {
    let code = "none";
    const text = await answer(async (req) => {
      code = await respond(req).then(
        () => "none",
        (error) => error.code,
      );
      await req.respond(200, "afterwards");
    });
    expect(statuses(text)).toEqual([200]);
    expect(body(text)).toBe("afterwards");
    return code;
  }

  it("has a status line, Date and Content-Length, and keeps the spelling of names (#55)", async () => {
    expect(await answer((r) => r.respond(404, "no", { "x-MIXED": "a", Server: "b" }))).toBe(
      "HTTP/1.1 404 Not Found\r\nx-MIXED: a\r\nServer: b\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nno",
    );
  });

  it("keeps the space behind a code that has no phrase (#56)", async () => {
    expect(await answer((r) => r.respond(599))).toMatch(/^HTTP\/1\.1 599 \r\n/);
  });

  it("leaves the Date to a caller who sets one (#65)", async () => {
    const text = await answer((r) => r.respond(200, "", { Date: "Tue, 02 Jan 2024 00:00:00 GMT" }));
    expect(text.match(/date:.*/gi)).toEqual(["Date: Tue, 02 Jan 2024 00:00:00 GMT"]);
  });

  it("renews the Date with the clock (#65, #66)", async () => {
    const { exchange, clock } = await stage.serve((r) => r.respond(200));
    await clock.advance(61_000);
    expect(fields(await exchange(get())).date).toBe("Mon, 01 Jan 2024 00:01:01 GMT");
  });

  describe("sends", () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    const contents: Record<string, () => BodyContent> = {
      "a string": () => "h\u00e9llo",
      "a Uint8Array": () => encode("h\u00e9llo"),
      "an ArrayBuffer": () => encode("h\u00e9llo").buffer,
      "a Blob": () => new Blob(["h\u00e9", "llo"]),
      "a ReadableStream": () => new Blob(["h\u00e9llo"]).stream(),
      "an async iterable of both kinds": async function* () {
        yield "h";
        yield "";
        yield encode("\u00e9ll");
        yield "o";
      } as unknown as () => BodyContent,
    };
    for (const [name, make] of Object.entries(contents)) {
      it(`${name}, to 1.1, to 1.0 and to HEAD`, async () => {
        const { connect, exchange } = await stage.serve((r) => r.respond(200, make()));
        const client = await connect();
        await client.send(get() + head("HEAD / HTTP/1.1", "Host: a") + get("/", "Connection: close"));
        const text = new TextDecoder().decode(
          Uint8Array.from(await client.readToEnd(), (c) => c.charCodeAt(0)),
        );
        expect(statuses(text)).toEqual([200, 200, 200]);
        expect(unchunked(text.slice(0, text.indexOf("HTTP/1.1", 10)))).toBe("h\u00e9llo");
        expect(unchunked(text.slice(text.lastIndexOf("HTTP/1.1")))).toBe("h\u00e9llo");
        const old = await exchange(head("GET / HTTP/1.0"));
        expect(old).not.toMatch(/transfer-encoding/i);
        expect(body(old)).toHaveLength(6);
      });
    }

    it("nothing, as an empty body", async () => {
      const text = await answer((r) => r.respond(200));
      expect(fields(text)["content-length"]).toBe("0");
      expect(fields(await answer((r) => r.respond(200, null)))["content-length"]).toBe("0");
    });

    it("a Blob's type where the caller gives none", async () => {
      const blob = new Blob(["{}"], { type: "application/json" });
      expect(fields(await answer((r) => r.respond(200, blob)))["content-type"]).toBe(blob.type);
      const given = await answer((r) => r.respond(200, blob, [["content-type", "text/plain"]]));
      expect(given.match(/content-type/gi)).toHaveLength(1);
      expect(await answer((r) => r.respond(200, new Blob(["{}"])))).not.toMatch(/content-type/i);
    });

    it("several MiB, every byte", async () => {
      const bytes = new Uint8Array(3_500_000).map((_, i) => i % 251);
      const { connect } = await stage.serve((r) => r.respond(200, bytes));
      const client = await connect();
      await client.send(get("/", "Connection: close"));
      await client.readToEnd({ withinMs: 10_000 });
      const got = client.bytes.subarray(client.text.indexOf("\r\n\r\n") + 4);
      expect(got.length).toBe(bytes.length);
      expect(got.every((byte, i) => byte === i % 251)).toBe(true);
    });

    it("header values above ASCII as Latin-1", async () => {
      const text = await answer((r) => r.respond(200, "x", { "X-Name": "\u00fc" }));
      expect(fields(text)["x-name"]).toBe("\u00fc");
      expect(body(text)).toBe("x");
    });

    it("every element of an array as a line of its own, Set-Cookie included (#71)", async () => {
      const text = await answer((r) => r.respond(200, "", { "Set-Cookie": ["a=1", "b=2"] }));
      expect(text.match(/Set-Cookie: ./g)).toHaveLength(2);
      const headers = new Headers([
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]);
      expect((await answer((r) => r.respond(200, "", headers))).match(/set-cookie: ./g)).toHaveLength(2);
    });
  });

  describe("frames", () => {
    it("HEAD as GET without the content (#61, #63)", async () => {
      const text = await answer((r) => r.respond(200, "hello"), head("HEAD / HTTP/1.1", "Host: a"));
      expect(fields(text)["content-length"]).toBe("5");
      expect(body(text)).toBe("");
    });

    it("HEAD without a length where nothing is known of it (#61)", async () => {
      const text = await answer((r) => r.respond(200), head("HEAD / HTTP/1.1", "Host: a"));
      expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(text).not.toMatch(/content-length|transfer-encoding/i);
    });

    it("HEAD with a declared length", async () => {
      const text = await answer(
        (r) => r.respond(200, null, { "Content-Length": "77" }),
        head("HEAD / HTTP/1.1", "Host: a"),
      );
      expect(fields(text)["content-length"]).toBe("77");
    });

    it("204 without content and without a length (#58, #60, #63)", async () => {
      const text = await answer((r) => r.respond(204, "dropped"));
      expect(fields(text)).toEqual({ date: "Mon, 01 Jan 2024 00:00:00 GMT" });
      expect(body(text)).toBe("");
    });

    it("304 without content, with the length of the 200 where it is known (#61, #63)", async () => {
      const text = await answer((r) => r.respond(304, null, { "Content-Length": "12" }));
      expect(fields(text)["content-length"]).toBe("12");
      expect(body(text)).toBe("");
      expect(fields(await answer((r) => r.respond(304)))["content-length"]).toBeUndefined();
    });

    it("205 with a length of 0 (#63)", async () => {
      const text = await answer((r) => r.respond(205, "dropped"));
      expect(fields(text)["content-length"]).toBe("0");
      expect(body(text)).toBe("");
    });

    it("2xx to CONNECT without a length, and closes (#58, #60)", async () => {
      const text = await answer((r) => r.respond(200, "x"), head("CONNECT a:1 HTTP/1.1", "Host: a"));
      expect(fields(text)).toMatchObject({ connection: "close" });
      expect(text).not.toMatch(/content-length|transfer-encoding/i);
      expect(body(text)).toBe("");
    });

    it("a refusal to CONNECT with its content", async () => {
      const { exchange } = await stage.serve((request) => request.respond(405, "no tunnel"));
      const text = await exchange(head("CONNECT a:1 HTTP/1.1", "Host: a:1"));
      expect(body(text)).toBe("no tunnel");
    });

    it("a stream as chunks, or by its declared length (#59, #62)", async () => {
      const stream = () => new Blob(["hello"]).stream();
      const chunks = await answer((r) => r.respond(200, stream()));
      expect(fields(chunks)).toMatchObject({ "transfer-encoding": "chunked" });
      expect(chunks).not.toMatch(/content-length/i);
      expect(body(chunks)).toBe("5\r\nhello\r\n0\r\n\r\n");
      const fixed = await answer((r) => r.respond(200, stream(), { "content-length": "5" }));
      expect(fixed).not.toMatch(/transfer-encoding/i);
      expect(body(fixed)).toBe("hello");
    });

    it("a stream to HTTP/1.0 by the close of the connection (#57, #58)", async () => {
      const text = await answer(
        (r) => r.respond(200, new Blob(["hello"]).stream()),
        head("GET / HTTP/1.0", "Connection: keep-alive"),
      );
      expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(fields(text)).toMatchObject({ connection: "close" });
      expect(text).not.toMatch(/transfer-encoding|content-length/i);
      expect(body(text)).toBe("hello");
    });
  });

  describe("refuses, sends nothing, and lets the callback answer again", () => {
    it("CR, LF and NUL in a value or a name (#54)", async () => {
      for (const value of ["a\r\nX: y", "a\n", "\ra", "a\0b", "\u20ac"]) {
        expect(await refusal((r) => r.respond(200, "", { X: value })), JSON.stringify(value)).toBe(
          "InvalidHeader",
        );
      }
      for (const name of ["", "a b", "a:", "a\r\n", "\u00fc"]) {
        expect(await refusal((r) => r.respond(200, "", { [name]: "x" })), JSON.stringify(name)).toBe(
          "InvalidHeader",
        );
      }
    });

    it("a status code that is none, or not final", async () => {
      for (const code of [0, 99, 100, 101, 199, 600, 200.5, Number.NaN]) {
        expect(await refusal((r) => r.respond(code)), String(code)).toBe("InvalidStatus");
      }
    });

    it("a Content-Length that does not match", async () => {
      expect(await refusal((r) => r.respond(200, "abc", { "Content-Length": "4" }))).toBe(
        "ContentLengthMismatch",
      );
      expect(await refusal((r) => r.respond(200, "abc", { "Content-Length": "x" }))).toBe("InvalidHeader");
    });

    it("content of no known type", async () => {
      expect(await refusal((r) => r.respond(200, 5 as unknown as string))).toBe("InvalidBody");
      expect(await refusal((r) => r.respond(200, {} as unknown as string))).toBe("InvalidBody");
    });

    it("a transfer coding of the caller's", async () => {
      expect(await refusal((r) => r.respond(200, "abc", { "Transfer-Encoding": "gzip" }))).toBe(
        "InvalidHeader",
      );
      expect(await refusal((r) => r.sendHeaders({ X: "\n" }))).toBe("InvalidHeader");
    });
  });

  it("refuses a second answer and sends nothing of it", async () => {
    const codes: string[] = [];
    const note = (error: { code: string; name: string }) => void codes.push(error.code, error.name);
    const text = await answer(async (r) => {
      await r.respond(200, "first");
      await r.respond(200, "second").catch(note);
      await r.sendHeaders({}).catch(note);
      await r.upgrade("x").catch(note);
    });
    await settled();
    expect(statuses(text)).toEqual([200]);
    expect(body(text)).toBe("first");
    expect(new Set(codes)).toEqual(new Set(["ResponseAlreadySent"]));
    expect(codes).toHaveLength(6);
  });
}
