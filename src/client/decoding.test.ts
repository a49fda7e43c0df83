import { describe, expect, test } from "vitest";
import { causeOf, serverStage, wireStage } from "../testing/client-stage.ts";
import { settled } from "../testing/turn.ts";
import { acceptEncoding } from "./decoding.ts";
import { trailersOf } from "./response-facts.ts";

async function encode(bytes: Uint8Array<ArrayBuffer>, format: CompressionFormat) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const text = "a text that is coded, ".repeat(500);
const plain = new TextEncoder().encode(text);

describe("a coded content", () => {
  test.each<[string, CompressionFormat]>([
    ["gzip", "gzip"],
    ["x-gzip", "gzip"],
    ["GZIP", "gzip"],
    ["deflate", "deflate"],
    ["deflate", "deflate-raw"],
  ])("of %s (%s) is decoded, and the headers say what came", async (coding, format) => {
    const coded = await encode(plain, format);
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, coded, { "Content-Encoding": coding }),
    );
    const response = await fetch(url);
    expect(response.headers.get("content-encoding")).toBe(coding);
    expect(response.headers.get("content-length")).toBe(String(coded.length));
    expect(await response.text()).toBe(text);
  });

  test("of two codings loses both", async () => {
    const coded = await encode(await encode(plain, "deflate"), "gzip");
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, coded, { "Content-Encoding": "deflate, gzip" }),
    );
    expect(await (await fetch(url)).text()).toBe(text);
  });

  test("is decoded whatever pieces it comes in", async () => {
    const coded = await encode(plain, "gzip");
    const { fetch, url } = await serverStage(
      (request) => request.respond(200, coded, { "Content-Encoding": "gzip" }),
      {},
      { maxSegmentBytes: 1 },
    );
    expect(await (await fetch(url)).text()).toBe(text);
  });

  test("of a coding that is not known here is handed over as it came", async () => {
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, "as it is", { "Content-Encoding": "rot13" }),
    );
    expect(await (await fetch(url)).text()).toBe("as it is");
  });

  test("of no bytes is an empty one, to HEAD none", async () => {
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, "", { "Content-Encoding": "gzip" }),
    );
    expect(await (await fetch(url)).text()).toBe("");
    expect((await fetch(url, { method: "HEAD" })).body).toBe(null);
    const wire = await wireStage();
    const response = wire.fetch(wire.url);
    const end = await wire.server.answer(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const late = (await response).text();
    await end.send("0\r\n\r\n");
    expect(await late).toBe("");
  });

  test("that is not what it says fails the body", async () => {
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, "not gzip at all", { "Content-Encoding": "gzip" }),
    );
    expect(await causeOf((await fetch(url)).text())).toBe("InvalidContentCoding");
  });

  test("that ends too soon fails the body", async () => {
    const coded = await encode(plain, "gzip");
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, coded.subarray(0, coded.length - 12), { "Content-Encoding": "gzip" }),
    );
    expect(await causeOf((await fetch(url)).text())).toBe("InvalidContentCoding");
  });

  test("that is cut says that, and not that it is badly coded", async () => {
    const coded = await encode(plain, "gzip");
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const { wire } = await server.request();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n");
    await wire.send(coded.subarray(0, 20));
    const body = (await response).text();
    body.catch(() => {});
    wire.end();
    expect(await causeOf(body)).toBe("IncompleteMessage");
  });

  test("of too many codings fails the fetch", async () => {
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, "x", { "Content-Encoding": Array(6).fill("gzip").join(", ") }),
    );
    expect(await causeOf(fetch(url))).toBe("InvalidContentCoding");
  });

  test("that is no gzip before it has come to its end is told so to whoever waits for trailers", async () => {
    const { server, fetch, url } = await wireStage();
    const call = fetch(url);
    await server.answer(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\nno gzip at all",
    );
    const response = await call;
    const trailers = causeOf(trailersOf(response));
    expect(await causeOf(response.text())).toBe("InvalidContentCoding");
    expect(await trailers).toBe("InvalidContentCoding");
  });

  test("that is cancelled cuts the connection", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n",
    );
    await (await response).body?.cancel();
    expect(await wire.closed()).toBe("reset");
  });
});

test("a coded content is not read on while nobody reads what it becomes", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  const coded = await encode(noise, "gzip");
  let sent = 0;
  async function* members() {
    for (; sent < 1000; sent++) yield coded.slice();
  }
  const { fetch, url } = await serverStage((request) =>
    request.respond(200, members(), { "Content-Encoding": "gzip" }),
  );
  const reader = (await fetch(url)).body?.getReader();
  await reader?.read();
  let before = -1;
  const rests = async () => {
    const sinceThen = sent - before;
    before = sent;
    await settled();
    return sinceThen;
  };
  await expect.poll(rests, { interval: 30 }).toBe(0);
  expect(sent).toBeLessThan(200);
  await reader?.cancel();
});

test("what is accepted is what can be decoded", () => {
  expect(acceptEncoding()).toMatch(/^gzip, deflate(, br)?$/);
});
