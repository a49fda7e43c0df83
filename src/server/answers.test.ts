import { describe, expect, it } from "vitest";
import { settled } from "../testing/index.ts";
import { GET, post, serveOnLine } from "./line.fixture.ts";
import type { HttpRequest, RequestCallback } from "./types.ts";

const body = (text: string) => text.slice(text.indexOf("\r\n\r\n") + 4);

describe("headers whose getter or iterator answers", () => {
  it("another request are refused, and nothing of one answer is in the other", async () => {
    let other: HttpRequest | undefined;
    const { ask, errors } = await serveOnLine((request) => {
      if (other !== undefined) {
        const headers = {
          get "X-A"() {
            void other?.respond(200, "B's own", { "X-B": "secret" });
            return "a";
          },
        };
        return request.respond(200, "A's own", headers);
      }
      other = request;
      return new Promise(() => {});
    });
    const b = await ask(GET);
    const a = await ask(GET);
    expect(b.text).toMatch(/^HTTP\/1\.1 200 OK\r\nX-B: secret\r\n[\s\S]*\r\n\r\nB's own$/);
    expect(a.text).toMatch(/^HTTP\/1\.1 500 /);
    expect(a.text).not.toContain("X-B");
    expect(errors).toEqual([expect.objectContaining({ code: "InvalidHeader" })]);
  });

  it("the same request send one answer", async () => {
    const { ask } = await serveOnLine(async (request) => {
      const headers = (function* (): Generator<[string, string]> {
        void request.respond(200, "inner");
        yield ["X-A", "a"];
      })();
      await expect(request.respond(200, "outer", headers)).rejects.toMatchObject({ code: "InvalidHeader" });
    });
    const client = await ask(`${post("Content-Length: 3")}ab`);
    expect(client.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(body(client.text)).toBe("inner");
  });
});

describe("what is answered", () => {
  it("is another answer where a stream is somebody else's: nothing was sent", async () => {
    const { ask } = await serveOnLine(async (request) => {
      const stream = new ReadableStream<Uint8Array>();
      stream.getReader();
      await expect(request.respond(200, stream)).rejects.toThrow(TypeError);
      await request.respond(503, "instead");
    });
    expect((await ask(GET)).text).toMatch(/^HTTP\/1\.1 503 [\s\S]*instead$/);
  });

  it.each([new ArrayBuffer(3), new DataView(new ArrayBuffer(3)), new Uint16Array([65, 66]), {}, 5])(
    "is nothing that has no bytes for elements: %o",
    async (chunk) => {
      const { ask, errors } = await serveOnLine(async (request) => {
        const writer = await request.sendHeaders({});
        await writer.write("A");
        await writer.write(chunk as unknown as Uint8Array);
      });
      const client = await ask(GET);
      expect(client.state).toBe("reset");
      expect(errors).toEqual([expect.objectContaining({ code: "InvalidBody" })]);
    },
  );

  it("leaves in the order in which it was written, although nobody waited for a long piece", async () => {
    const long = 2_500_000;
    const { ask } = await serveOnLine(async (request) => {
      const writer = await request.sendHeaders({ "Content-Length": 2 * long + 8 });
      void writer.write(new Uint8Array(long).fill(65));
      void writer.write("then");
      void writer.write(new Uint8Array(long).fill(66));
      void writer.write("last");
      await writer.close();
    });
    const client = await ask(GET);
    for (let i = 0; i < 10; i++) await settled();
    const runs = [...body(client.text).matchAll(/A+|B+|[a-z]+/g)].map(([run]) =>
      run.length > 9 ? `${run[0]} ${run.length}` : run,
    );
    expect(runs).toEqual([`A ${long}`, "then", `B ${long}`, "last"]);
  });
});

describe("a source", () => {
  /** Gives a piece, says when it is let go, and goes on for ever. */
  async function* source(piece: unknown, left: () => void) {
    try {
      for (;;) yield piece as Uint8Array;
    } finally {
      left();
    }
  }

  it("is let go when what it gives is no piece", async () => {
    let left = 0;
    const { ask, errors } = await serveOnLine((request) =>
      request.respond(
        200,
        source(5, () => left++),
      ),
    );
    expect((await ask(GET)).state).toBe("reset");
    expect(left).toBe(1);
    expect(errors).toEqual([expect.objectContaining({ code: "InvalidBody" })]);
  });

  it("is let go when the client leaves, which is no failure of who waits for the answer", async () => {
    let left = 0;
    let answered = false;
    const { ask } = await serveOnLine(async (request) => {
      await request.respond(
        200,
        source(new Uint8Array(100_000), () => left++),
      );
      answered = true;
    });
    (await ask(GET)).destroy();
    await settled();
    expect([left, answered]).toEqual([1, true]);
  });
});

describe("who writes an answer", () => {
  it("waits for a client that does not read, until that goes: then the write rejects", async () => {
    const outcomes: unknown[] = [];
    const { ask, errors } = await serveOnLine(async (request) => {
      const writer = await request.sendHeaders({});
      for (;;) {
        const written = await writer.write("x".repeat(100_000)).catch((error) => error.code);
        if (written) return void outcomes.push(written);
      }
    });
    const client = await ask(GET, { paused: true });
    await settled();
    expect(outcomes).toEqual([]);
    client.destroy();
    await settled();
    expect(outcomes).toEqual(["ConnectionClosed"]);
    expect(errors).toEqual([]);
  });

  const long = new Uint8Array(2_500_000);
  const ways: Record<string, RequestCallback> = {
    "a piece": async (request) => {
      const writer = await request.sendHeaders({ "Content-Length": long.length });
      await writer.write(long);
      void writer.close();
    },
    "an answer": (request) => request.respond(200, long),
  };
  for (const [what, callback] of Object.entries(ways)) {
    it(`waits with ${what} that is long until nearly all of it was taken`, async () => {
      let written = false;
      const { ask } = await serveOnLine(async (request) => {
        await callback(request);
        written = true;
      });
      const client = await ask(GET, { paused: true });
      await settled();
      expect(written).toBe(false);
      client.socket.resume();
      for (let i = 0; i < 10; i++) await settled();
      expect(client.bytes.length).toBeGreaterThan(long.length);
      expect(written).toBe(true);
    });
  }

  it("and ends it behind a long piece that nobody waited for sends all of that", async () => {
    const { ask } = await serveOnLine(async (request) => {
      const writer = await request.sendHeaders({ "Content-Length": long.length });
      void writer.write(long);
      await writer.close();
    });
    const client = await ask(GET);
    for (let i = 0; i < 10; i++) await settled();
    expect(client.state).toBe("open");
    expect(client.bytes.length).toBeGreaterThan(long.length);
  });

  it("can't send a byte where the length was declared to be 0", async () => {
    const { ask } = await serveOnLine(async (request) => {
      const writer = await request.sendHeaders({ "Content-Length": 0 });
      await expect(writer.write("x")).rejects.toMatchObject({ code: "ContentLengthMismatch" });
      await writer.close();
    });
    expect((await ask(GET)).text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 0\r\n\r\n$/);
  });
});

describe("requests in the pipe", () => {
  it("are served once a slow client has taken the large answer in front of them", async () => {
    const { ask } = await serveOnLine((request) => request.respond(200, "x".repeat(500_000)));
    const client = await ask(GET.repeat(3), { paused: true });
    await settled();
    client.socket.resume();
    for (let i = 0; i < 20; i++) await settled();
    expect(client.text.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(client.bytes.length).toBeGreaterThan(1_500_000);
  });

  it("are served one at a time behind a body that nobody read and whose end came late", async () => {
    const held: (() => void)[] = [];
    const { ask } = await serveOnLine(async (request) => {
      if (request.method === "GET") await new Promise<void>((resolve) => held.push(resolve));
      await request.respond(200, request.method);
    });
    const client = await ask(`${post("Transfer-Encoding: chunked")}3\r\nabc\r\n`);
    await client.send(`0\r\n\r\n${GET.repeat(2)}`);
    for (let i = 0; i < 5; i++) await settled();
    expect(held).toHaveLength(1);
  });

  it("are served however many there are in one piece, when each is answered at once", async () => {
    const { ask } = await serveOnLine((request) => request.respond(204));
    const client = await ask("GET / HTTP/1.1\r\nHost:\r\n\r\n".repeat(30_000));
    for (let i = 0; i < 20; i++) await settled();
    expect(client.text.match(/HTTP\/1\.1 204/g)).toHaveLength(30_000);
  });
});

it("a request that is written to a log tells of no other client's", async () => {
  let logged = "";
  const { ask } = await serveOnLine(async (request) => {
    await request.respond(200);
    await settled(); // meanwhile another one comes
    if (request.target === "/") logged = JSON.stringify(request);
  });
  await Promise.all([ask(GET), ask("GET /reset?token=secret HTTP/1.1\r\nHost: a\r\n\r\n")]);
  await settled();
  expect(logged).toContain('"GET"');
  expect(logged).not.toContain("secret");
});
