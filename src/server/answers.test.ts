import { describe, expect, it } from "vitest";
import { settled } from "../testing/index.ts";
import { GET, post, serveOnLine } from "./line.fixture.ts";
import type { HttpRequest } from "./types.ts";

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

  it.each([new ArrayBuffer(3), new DataView(new ArrayBuffer(3)), new Uint16Array([65, 66])])(
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
