import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../http1/headers.ts";
import type { RequestCallback } from "../server/types.ts";
import { served } from "../testing/exchange.ts";
import { settled } from "../testing/turn.ts";
import { supportedCodings } from "./codings.ts";
import { type CompressOptions, compress } from "./compress.ts";
import { logger } from "./logger.ts";
import { serverSentEvents } from "./server-sent-events.ts";

const TEXT = "Hello, compressed World. ".repeat(200);
const HTML = { "Content-Type": "text/html; charset=utf-8" };
const GZIP = { "Accept-Encoding": "gzip" };

const asking = async (
  callback: RequestCallback,
  headers: Record<string, string> = GZIP,
  options: CompressOptions = {},
  method = "GET",
) => {
  await using server = await served(compress(callback, options));
  const response = await server.ask(headers, method);
  return { ...response, errors: server.errors };
};

async function decoded(body: Uint8Array<ArrayBuffer>, format: CompressionFormat): Promise<string> {
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream(format))).text();
}

describe("what is compressed", () => {
  const contents: [string, () => Parameters<Parameters<RequestCallback>[0]["respond"]>[1]][] = [
    ["a string", () => TEXT],
    ["bytes", () => new TextEncoder().encode(TEXT)],
    ["an ArrayBuffer", () => new TextEncoder().encode(TEXT).buffer],
    ["a Blob", () => new Blob([TEXT])],
    ["a stream", () => new Blob([TEXT]).stream()],
    [
      "an async iterable",
      async function* () {
        for (let at = 0; at < TEXT.length; at += 100) yield TEXT.slice(at, at + 100);
      },
    ],
    ["a long string", () => TEXT.repeat(100)],
  ];

  test.each(contents)("%s", async (_, content) => {
    const { status, headers, body } = await asking((request) => request.respond(200, content(), HTML));
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-encoding": "gzip",
      vary: "Accept-Encoding",
      "content-type": HTML["Content-Type"],
    });
    const text = await decoded(body, "gzip");
    expect(text === TEXT || text === TEXT.repeat(100)).toBe(true);
    expect(body.length).toBeLessThan(text.length / 10);
    if (headers["content-length"] !== undefined) expect(Number(headers["content-length"])).toBe(body.length);
  });

  test("deflate is the zlib format (RFC 9110 section 8.4.1.2)", async () => {
    const { headers, body } = await asking((request) => request.respond(200, TEXT, HTML), {
      "Accept-Encoding": "deflate",
    });
    expect(headers["content-encoding"]).toBe("deflate");
    expect(await decoded(body, "deflate")).toBe(TEXT);
  });

  test("a streamed response, with its trailers", async () => {
    const { headers, body } = await asking(async (request) => {
      const writer = await request.sendHeaders({ ...HTML, "Content-Length": String(TEXT.length) });
      for (let at = 0; at < TEXT.length; at += 500) await writer.write(TEXT.slice(at, at + 500));
      await writer.close({ "X-Sum": "1" });
    });
    expect(headers).toMatchObject({ "content-encoding": "gzip", "transfer-encoding": "chunked" });
    expect(headers["content-length"]).toBeUndefined();
    expect(await decoded(body, "gzip")).toBe(TEXT);
  });

  test("a string without a type, which the server sends as text", async () => {
    expect((await asking((request) => request.respond(200, TEXT))).headers["content-encoding"]).toBe("gzip");
  });

  test.each([
    "application/json",
    "image/svg+xml",
    "application/problem+json; charset=utf-8",
    "TEXT/CSS",
    "application/wasm",
  ])("%s", async (type) => {
    const { headers } = await asking((request) => request.respond(200, TEXT, { "Content-Type": type }));
    expect(headers["content-encoding"]).toBe("gzip");
  });

  test("HEAD gets the head of GET, without a body", async () => {
    const { headers, body } = await asking(
      (request) => request.respond(200, TEXT, { ...HTML, ETag: '"a"' }),
      GZIP,
      {},
      "HEAD",
    );
    expect(headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding", etag: 'W/"a"' });
    expect(headers["content-length"]).toBeUndefined();
    expect(body.length).toBe(0);
  });
});

describe("what is sent as it is", () => {
  const plain =
    (headers: HeadersInit, code = 200): RequestCallback =>
    (request) =>
      request.respond(code, TEXT, new HttpHeaders(Object.entries(headers)));

  test.each<[string, RequestCallback]>([
    ["what has a coding", plain({ ...HTML, "Content-Encoding": "br" })],
    ["what must not be transformed", plain({ ...HTML, "Cache-Control": "public, no-transform" })],
    ["a part", plain({ ...HTML, "Content-Range": "bytes 0-4999/10000" }, 206)],
    ["what has a digest", plain({ ...HTML, "Content-Digest": "sha-256=:AAAA:" })],
    ["what has a digest of its representation", plain({ ...HTML, "Repr-Digest": "sha-256=:AAAA:" })],
    ["several parts, whatever they are", plain({ "Content-Type": "text/x-parts" }, 206)],
    ["a picture", plain({ "Content-Type": "image/png" })],
    ["bytes of no type", (request) => request.respond(200, new TextEncoder().encode(TEXT))],
    ["small content", (request) => request.respond(200, "x".repeat(1023), HTML)],
    ["a small Blob", (request) => request.respond(200, new Blob(["x".repeat(1023)]), HTML)],
    ["a small ArrayBuffer", (request) => request.respond(200, new ArrayBuffer(1023), HTML)],
    ["events", plain({ "Content-Type": "text/event-stream" })],
  ])("%s", async (_, callback) => {
    const { headers, body } = await asking(callback);
    expect(headers["content-encoding"]).toBe(headers["content-encoding"] === "br" ? "br" : undefined);
    expect(headers.vary).toBeUndefined();
    expect(body.length).toBeGreaterThan(1000);
  });

  test("what the client does not take, but Vary tells that it depends", async () => {
    for (const accept of ["identity", "gzip;q=0, deflate;q=0, br;q=0", "zstd"]) {
      const { headers, body } = await asking(plain(HTML), { "Accept-Encoding": accept });
      expect(headers["content-encoding"]).toBeUndefined();
      expect(headers.vary).toBe("Accept-Encoding");
      expect(body.length).toBe(TEXT.length);
    }
    expect((await asking(plain(HTML), {})).headers.vary).toBe("Accept-Encoding");
  });

  test("what would not get smaller", async () => {
    const noise = crypto.getRandomValues(new Uint8Array(5000));
    const { headers, body } = await asking((request) => request.respond(200, noise, HTML));
    expect(headers).toMatchObject({ "content-length": "5000", vary: "Accept-Encoding" });
    expect(headers["content-encoding"]).toBeUndefined();
    expect(body).toEqual(noise);
  });

  test.each([204, 205, 304])("%i, which has no content whatever it is given", async (code) => {
    for (const content of [null, TEXT]) {
      const { status, headers } = await asking((request) => request.respond(code, content, HTML));
      expect(status).toBe(code);
      expect(headers["content-encoding"]).toBeUndefined();
    }
  });

  test.each([undefined, null])("an answer whose content is %s", async (content) => {
    const { status, headers, body, errors } = await asking((request) => request.respond(200, content, HTML));
    expect([status, headers["content-encoding"], body.length, errors]).toEqual([200, undefined, 0, []]);
  });

  test("what is written to a client that takes no coding", async () => {
    const { headers, body } = await asking(async (request) => {
      const writer = await request.sendHeaders(HTML);
      await writer.write(TEXT);
      await writer.close();
    }, {});
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers.vary).toBe("Accept-Encoding");
    expect(body.length).toBe(TEXT.length);
  });

  test("an event stream, whose events arrive one by one", async () => {
    await using server = await served(
      logger(
        compress(
          serverSentEvents(async (stream) => {
            await stream.send("one");
            await new Promise((resolve) => stream.signal.addEventListener("abort", resolve));
          }),
        ),
        { log: () => {} },
      ),
    );
    const client = await server.send("GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
    expect(await client.read("data: one\n\n")).not.toMatch(/content-encoding/i);
    client.destroy();
  });
});

describe("what is wrong", () => {
  const wrong = [5, { a: 1 }, [1], true, new Date(0), new DataView(new ArrayBuffer(8)), new Uint16Array(2)];
  const invalid = expect.objectContaining({ code: "InvalidBody" });

  test.each(wrong)("is no content: %j", async (content) => {
    const { status, errors } = await asking((request) => request.respond(200, content as never, HTML));
    expect([status, errors]).toEqual([500, [invalid]]);
  });

  test.each([...wrong, null, undefined])("is no piece of a stream or of a writer: %j", async (piece) => {
    const sources: RequestCallback[] = [
      (request) =>
        request.respond(
          200,
          (async function* () {
            yield TEXT;
            yield piece as never;
          })(),
          HTML,
        ),
      async (request) => {
        const writer = await request.sendHeaders(HTML);
        await writer.write(TEXT);
        await writer.write(piece as never);
      },
    ];
    for (const source of sources) {
      await using server = await served(compress(source));
      const client = await server.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
      await client.readToEnd();
      expect(client.text).not.toContain("\r\n0\r\n");
      expect(server.errors).toEqual([invalid]);
    }
  });
});

test("an answer that nobody waited for is sent, and one that is refused ends nothing", async () => {
  const { status, headers, errors } = await asking((request) => {
    void request.respond(99, TEXT);
    void request.respond(200, TEXT, new Map(Object.entries(HTML)).entries());
  });
  expect([status, headers["content-encoding"], headers["content-type"]]).toEqual([
    200,
    "gzip",
    HTML["Content-Type"],
  ]);
  expect(errors).toEqual([]);
  const refused = await asking((request) => void request.respond(99, TEXT, HTML));
  expect([refused.status, refused.errors]).toEqual([
    500,
    [expect.objectContaining({ code: "InvalidStatus" })],
  ]);
});

test("HEAD of what has its length alone is told no other length than that of GET's content", async () => {
  const head = async (length: number, accept = "gzip") =>
    (
      await asking(
        (request) => request.respond(200, null, { ...HTML, ETag: '"a"', "Content-Length": String(length) }),
        { "Accept-Encoding": accept },
        {},
        "HEAD",
      )
    ).headers;
  const compressed = await head(5000);
  expect(compressed).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding", etag: 'W/"a"' });
  expect(compressed["content-length"]).toBeUndefined();
  expect(await head(5000, "identity")).toMatchObject({ "content-length": "5000", vary: "Accept-Encoding" });
  const small = await head(100);
  expect([small["content-length"], small.vary, small.etag]).toEqual(["100", undefined, '"a"']);
});

test("a 304 has the entity-tag that the compressed content came with", async () => {
  const tagged = async (condition: string, ETag: string) => {
    const { headers } = await asking((request) => request.respond(304, null, { ETag }), {
      ...GZIP,
      "If-None-Match": condition,
    });
    return [headers.etag, headers.vary];
  };
  expect(await tagged('"x", W/"a"', '"a"')).toEqual(['W/"a"', "Accept-Encoding"]);
  expect(await tagged('"a"', '"a"')).toEqual(['"a"', undefined]);
  expect(await tagged('W/"a"', 'W/"a"')).toEqual(['W/"a"', undefined]);
});

describe("headers", () => {
  test("a Blob says its type", async () => {
    const blob = new Blob([TEXT], { type: "text/html" });
    const { headers } = await asking((request) => request.respond(200, blob));
    expect([headers["content-type"], headers["content-encoding"]]).toEqual([blob.type, "gzip"]);
  });

  test("a strong ETag becomes weak, a weak one stays, ranges are not offered", async () => {
    const tagged = (ETag: string) =>
      asking((request) => request.respond(200, TEXT, { ...HTML, ETag, "Accept-Ranges": "bytes" }));
    expect((await tagged('"a"')).headers.etag).toBe('W/"a"');
    const { headers } = await tagged('W/"a"');
    expect(headers.etag).toBe('W/"a"');
    expect(headers["accept-ranges"]).toBeUndefined();
  });

  test("Vary is added to, once", async () => {
    const varied = async (Vary: string) =>
      (await asking((request) => request.respond(200, TEXT, { ...HTML, Vary }))).headers.vary;
    expect(await varied("Origin")).toBe("Origin, Accept-Encoding");
    expect(await varied("accept-encoding, Origin")).toBe("accept-encoding, Origin");
    expect(await varied("*")).toBe("*");
  });
});

describe("options", () => {
  test("thresholdBytes, filter and codings decide", async () => {
    const small: RequestCallback = (request) => request.respond(200, "a".repeat(100), HTML);
    expect((await asking(small, GZIP, { thresholdBytes: 100 })).headers["content-encoding"]).toBe("gzip");
    const picture: RequestCallback = (request) =>
      request.respond(200, TEXT, { "Content-Type": "image/x-raw" });
    expect(
      (await asking(picture, GZIP, { filter: (type) => type === "image/x-raw" })).headers["content-encoding"],
    ).toBe("gzip");
    const both = { "Accept-Encoding": "gzip, deflate" };
    expect(
      (await asking((request) => request.respond(200, TEXT), both, { codings: ["deflate", "gzip"] })).headers[
        "content-encoding"
      ],
    ).toBe("deflate");
  });

  test("a coding that the platform lacks is refused", () => {
    const make = () => compress(() => {}, { codings: ["br"] });
    if (supportedCodings().includes("br")) make();
    else expect(make).toThrow(TypeError);
  });
});

test("a client that goes away in the middle ends the callback's writing", async () => {
  let failed: unknown;
  await using server = await served(
    compress(async (request) => {
      const writer = await request.sendHeaders(HTML);
      try {
        for (;;) await writer.write(crypto.getRandomValues(new Uint8Array(65_536)));
      } catch (error) {
        failed = error;
        throw error;
      }
    }),
  );
  const client = await server.send("GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  await client.read("\r\n\r\n");
  client.destroy();
  await expect.poll(() => failed).toBeDefined();
});

test("a client that is slow gets all that was written before the writer was closed", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  let closed = false;
  await using server = await served(
    compress(async (request) => {
      const writer = await request.sendHeaders(HTML);
      for (let n = 0; n < 20; n++) await writer.write(noise);
      await writer.close();
      closed = true;
    }),
  );
  const asked = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n";
  const client = await server.send(asked);
  client.socket.pause();
  await settled();
  expect(closed).toBe(false);
  client.socket.resume();
  await client.readToEnd();
  expect(client.text.endsWith("\r\n0\r\n\r\n")).toBe(true);
  expect(client.bytes.length).toBeGreaterThan(20 * noise.length);
  await expect.poll(() => closed).toBe(true);
  expect(server.errors).toEqual([]);
});

test("of a body that is streamed no more is taken than a client that has stalled left room for", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  let taken = 0;
  let returned = false;
  async function* source() {
    try {
      for (; taken < 2000; taken++) yield noise;
    } finally {
      returned = true;
    }
  }
  await using server = await served(compress((request) => request.respond(200, source(), HTML)));
  const client = await server.send("GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  await client.read("\r\n\r\n");
  client.socket.pause();
  let before = -1;
  const rests = async () => {
    const sinceThen = taken - before;
    before = taken;
    await settled();
    return sinceThen;
  };
  await expect.poll(rests, { interval: 30 }).toBe(0);
  expect([taken < 200, returned]).toEqual([true, false]);
  client.destroy();
  await expect.poll(() => returned).toBe(true);
});
