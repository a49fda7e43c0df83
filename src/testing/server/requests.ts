import { expect, it } from "vitest";
import type { HttpHeaders } from "../../http1/headers.ts";
import type { HttpRequest } from "../../server/types.ts";
import { body, chunked, get, head, post, type ServerStage, statuses } from "./stage.ts";

/** What a callback gets to see of a request. */
export function requestCases(stage: ServerStage): void {
  /** The callback's view of one request. */
  async function see<T>(raw: string, look: (request: HttpRequest) => T | Promise<T>): Promise<T> {
    let seen: { value: T } | undefined;
    const { exchange, errors } = await stage.serve(async (request) => {
      seen = { value: await look(request) };
      await request.respond(200);
    });
    expect(statuses(await exchange(raw)), String(errors)).toEqual([200]);
    return seen!.value;
  }

  it("has method, target and protocol as sent", async () => {
    const seen = await see(
      head("FROB /a%20b?c=d&c=e HTTP/1.1", "Host: a"),
      ({ method, target, protocol }) => ({ method, target, protocol }),
    );
    expect(seen).toEqual({
      method: "FROB",
      target: "/a%20b?c=d&c=e",
      protocol: { orig: "HTTP/1.1", major: 1, minor: 1 },
    });
  });

  it("has the protocol version as sent, also one above 1.1", async () => {
    expect(await see(head("GET / HTTP/1.0"), (r) => r.protocol)).toEqual({
      orig: "HTTP/1.0",
      major: 1,
      minor: 0,
    });
    expect(await see(head("GET / HTTP/1.7", "Host: a"), (r) => r.protocol)).toEqual({
      orig: "HTTP/1.7",
      major: 1,
      minor: 7,
    });
  });

  it("applies Host to the URL", async () => {
    expect(await see(head("GET /x?y=1 HTTP/1.1", "Host: shop.test:81"), (r) => r.url.href)).toBe(
      `${stage.scheme}://shop.test:81/x?y=1`,
    );
  });

  it("takes the authority of an absolute-form target over Host (#11)", async () => {
    expect(await see(head("GET http://one.test/x HTTP/1.1", "Host: two.test"), (r) => r.url.href)).toBe(
      "http://one.test/x",
    );
  });

  it("has a URL where Host is missing, empty, or no host of the URL Standard", async () => {
    expect(await see(head("GET /x HTTP/1.0"), (r) => r.url.pathname)).toBe("/x");
    expect(await see(head("GET /x HTTP/1.1", "Host:"), (r) => r.url.pathname)).toBe("/x");
    expect(
      await see(head("GET /x HTTP/1.1", "Host: a%41%zz".replace("%zz", "%7f")), (r) => r.url.pathname),
    ).toBe("/x");
  });

  it("does not take a path of two slashes for a host", async () => {
    expect(await see(head("GET //evil.test/x HTTP/1.1", "Host: a.test"), (r) => r.url.href)).toBe(
      `${stage.scheme}://a.test//evil.test/x`,
    );
  });

  it("has the URL of the server for OPTIONS *, that of the target for CONNECT", async () => {
    expect(await see(head("CONNECT b.test:8443 HTTP/1.1", "Host: a.test"), (r) => r.url.host)).toBe(
      "b.test:8443",
    );
    expect(await see(head("OPTIONS * HTTP/1.1", "Host: a.test"), (r) => r.url.href)).toBe(
      `${stage.scheme}://a.test/`,
    );
  });

  it("keeps repeated fields, in order, unsplit, with their spelling", async () => {
    const seen = await see(get("/", "X-A: 1, 2", "x-a: 3", "Cookie: a=1", "COOKIE: b=2"), ({ headers }) => ({
      all: headers.getAll("x-a"),
      joined: headers.get("X-A"),
      lines: [...headers.lines()],
      names: [...headers.keys()],
    }));
    expect(seen.all).toEqual(["1, 2", "3"]);
    expect(seen.joined).toBe("1, 2, 3");
    expect(seen.lines).toEqual([
      ["Host", "example.test"],
      ["X-A", "1, 2"],
      ["x-a", "3"],
      ["Cookie", "a=1"],
      ["COOKIE", "b=2"],
    ]);
    expect(seen.names).toEqual(["host", "x-a", "cookie"]);
  });

  it("reads header octets above ASCII as Latin-1, none lost (#1)", async () => {
    let value: string | null = null;
    const { connect } = await stage.serve(async (request) => {
      value = request.headers.get("x");
      await request.respond(200);
    });
    const client = await connect();
    const bytes = Uint8Array.from(get("/", "X: \u00e9\u00ff"), (c) => c.charCodeAt(0));
    await client.send(bytes);
    await client.read("\r\n\r\n");
    expect(value).toBe("\u00e9\u00ff");
  });

  it("lets headers be read long after the connection went on", async () => {
    const seen: HttpHeaders[] = [];
    const { exchange } = await stage.serve(async (request) => {
      seen.push(request.headers);
      await request.respond(200);
    });
    await exchange(get("/", "X: first") + get("/", "X: second"), "bytes");
    expect(seen.map((headers) => headers.get("x"))).toEqual(["first", "second"]);
  });

  it("has the peer's address as hostname", async () => {
    const seen = await see(get(), (request) => [request.hostname, request.client.remoteAddress.address]);
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).not.toBe("");
  });

  it("reads a body as text, JSON, bytes and a form", async () => {
    expect(await see(chunked("3\r\nh\u00e9\r\n0\r\n\r\n"), (r) => r.text())).toBe("h\u00e9");
    expect(await see(post('{"a":[1]}'), (r) => r.json())).toEqual({ a: [1] });
    expect(await see(post("ab"), (r) => r.bytes())).toEqual(new Uint8Array([97, 98]));
    const form = await see(post("a=1&b=2", "Content-Type: application/x-www-form-urlencoded"), (r) =>
      r.formData(),
    );
    expect([...form.entries()]).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    const multipart =
      '--x\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\n\r\nhi\r\n--x--\r\n';
    const files = await see(post(multipart, "Content-Type: multipart/form-data; boundary=x"), (r) =>
      r.formData(),
    );
    expect(await (files.get("f") as File).text()).toBe("hi");
  });

  it("has no body stream where the message has none, and empty text", async () => {
    expect(await see(get(), async (r) => [r.body, await r.text(), r.bodyUsed])).toEqual([null, "", false]);
    expect(await see(post(""), async (r) => [r.body, await r.text()])).toEqual([null, ""]);
  });

  it("gives the body once", async () => {
    const seen = await see(post("abc"), async (r) => {
      const first = await r.text();
      return [first, r.bodyUsed, await r.text().catch((error) => error.code)];
    });
    expect(seen).toEqual(["abc", true, "BodyAlreadyRead"]);
  });

  it("streams a body as it arrives", async () => {
    const chunks: string[] = [];
    const { connect } = await stage.serve(async (request) => {
      if (request.body === null) return request.respond(204);
      const reader = request.body.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        chunks.push(new TextDecoder().decode(next.value));
        if (chunks.length === 1) await request.respond(200, "seen the first");
      }
    });
    const client = await connect();
    await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 6")}abc`);
    expect(body(await client.read("first"))).toBe("seen the first");
    await client.send(`def${get()}`);
    await client.read("HTTP/1.1 204");
    expect(chunks.join("")).toBe("abcdef");
  });

  it("iterates over a body as it arrives, without a stream", async () => {
    const pieces: string[] = [];
    const { connect } = await stage.serve(async (request) => {
      for await (const piece of request) {
        pieces.push(new TextDecoder().decode(piece));
        if (pieces.length === 1) await request.respond(200, "seen the first");
      }
      if (request.method === "GET") await request.respond(204);
    });
    const client = await connect();
    await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 6")}abc`);
    expect(body(await client.read("first"))).toBe("seen the first");
    await client.send(`def${chunked("2\r\ngh\r\n0\r\n\r\n")}${get()}`);
    await client.read("HTTP/1.1 204");
    expect(pieces.join("")).toBe("abcdefgh");
  });

  it("iterates once, and leaves the rest of a body whose loop is left", async () => {
    const seen: unknown[] = [];
    const { connect } = await stage.serve(async (request) => {
      for await (const piece of request) {
        seen.push(piece.constructor === Uint8Array, request.bodyUsed);
        break;
      }
      const again = async () => {
        for await (const piece of request) seen.push(piece);
      };
      seen.push(
        await again().catch((error) => error.code),
        await request.text().catch((error) => error.code),
      );
      await request.respond(200, "left");
    });
    const client = await connect();
    await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 6")}abc`);
    await client.read("left");
    expect(seen).toEqual([true, true, "BodyAlreadyRead", "BodyAlreadyRead"]);
    await client.send(`def${get()}`);
    await client.read("HTTP/1.1 200");
  });

  it("fails an iteration whose body is too large, malformed or cut", async () => {
    const codes: string[] = [];
    const { exchange } = await stage.serve(
      async (request) => {
        try {
          for await (const _ of request);
        } catch (error) {
          codes.push((error as { code: string }).code);
          throw error;
        }
      },
      { maxBody: 10 },
    );
    expect(statuses(await exchange(chunked(`b\r\n${"x".repeat(11)}\r\n0\r\n\r\n`)))).toEqual([413]);
    expect(statuses(await exchange(chunked("zz\r\n")))).toEqual([400]);
    expect(statuses(await exchange(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 6")}abc`))).toEqual(
      [400],
    );
    expect(codes).toEqual(["BodyTooLarge", "InvalidChunk", "IncompleteMessage"]);
  });

  it("gives trailers apart from the headers (#34)", async () => {
    const seen = await see(chunked("1\r\na\r\n0\r\nX-Sum: 9\r\nHost: evil\r\n\r\n"), async (r) => {
      await r.bytes();
      const trailers = await r.trailers;
      return [trailers.get("x-sum"), r.headers.get("x-sum"), r.headers.get("host")];
    });
    expect(seen).toEqual(["9", null, "example.test"]);
  });

  it("has its own trailers still when the next request has had others", async () => {
    const trailers: (() => Promise<HttpHeaders>)[] = [];
    const { connect } = await stage.serve(async (request) => {
      trailers.push(() => request.trailers);
      await request.bytes();
      await request.respond(200, "done");
    });
    const client = await connect();
    for (const sum of ["1", "2"]) {
      await client.send(chunked(`1\r\na\r\n0\r\nX-Sum: ${sum}\r\n\r\n`));
      await client.read("done");
    }
    const seen = await Promise.all(trailers.map((ask) => ask()));
    expect(seen.map((each) => each.get("x-sum"))).toEqual(["1", "2"]);
  });

  it("has empty trailers where there are none", async () => {
    expect(await see(get(), async (r) => [...(await r.trailers)])).toEqual([]);
    expect(await see(post("abc"), async (r) => [await r.text(), ...(await r.trailers)])).toEqual(["abc"]);
  });

  it("is not called before the whole header section has arrived (#21)", async () => {
    let calls = 0;
    const { connect } = await stage.serve(async (request) => {
      calls++;
      await request.respond(200);
    });
    const client = await connect();
    await client.send(get().slice(0, -1), "bytes");
    await client.quiet();
    expect(calls).toBe(0);
    await client.send("\n");
    await client.read("\r\n\r\n");
    expect(calls).toBe(1);
  });
}
