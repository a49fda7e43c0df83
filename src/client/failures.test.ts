import { describe, expect, test } from "vitest";
import { causeOf, rejection, wireStage } from "../testing/client-stage.ts";

describe("a fetch that fails", () => {
  test("because nobody listens is a TypeError whose cause has the network's code", async () => {
    const { fetch } = await wireStage();
    const error = await rejection(fetch("http://localhost:1/"));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^fetch failed: ECONNREFUSED/);
    expect(error.cause).toMatchObject({ name: "NetworkError", code: "ECONNREFUSED" });
  });

  test("because the name is unknown says so", async () => {
    const { fetch } = await wireStage();
    expect(await causeOf(fetch("http://no-such-host.test/"))).toBe("ENOTFOUND");
  });

  test.each([
    ["a status line that is none", "ICY 200 OK\r\n\r\n", "InvalidVersion"],
    ["a status code that is none", "HTTP/1.1 2000 OK\r\n\r\n", "InvalidStatusLine"],
    ["another major version", "HTTP/2.0 200 OK\r\n\r\n", "UnsupportedVersion"],
    ["a field line without a colon", "HTTP/1.1 200 OK\r\nbroken\r\n\r\n", "InvalidFieldLine"],
    ["a folded field line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "InvalidFieldLine"],
    ["a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na", "InvalidContentLength"],
    [
      "two framings",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "InvalidTransferEncoding",
    ],
    ["an upgrade that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "UnexpectedUpgrade"],
    ["endless interim responses", "HTTP/1.1 100 Continue\r\n\r\n".repeat(200), "InvalidStatusLine"],
    [
      "a header section without an end",
      `HTTP/1.1 200 OK\r\n${"A: 0123456789012345678901234567890123456789\r\n".repeat(900)}`,
      "HeaderTooLarge",
    ],
  ])("because of %s names it", async (_, bytes, code) => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    response.catch(() => {});
    const wire = await server.answer(bytes);
    expect(await causeOf(response)).toBe(code);
    expect(await wire.closed()).toBe("reset");
  });

  test.each([
    ["before the response", ""],
    ["in the status line", "HTTP/1."],
    ["in a field line", "HTTP/1.1 200 OK\r\nContent-"],
    ["behind an interim response", "HTTP/1.1 100 Continue\r\n\r\n"],
  ])("because the server closed %s says that the message is incomplete", async (_, bytes) => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    response.catch(() => {});
    await server.answer(bytes, true);
    expect(await causeOf(response)).toBe("IncompleteMessage");
  });

  test("because the server reset a first connection has the network's code, and is not made again", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    response.catch(() => {});
    const { wire } = await server.request();
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });
});

describe("a body that is cut", () => {
  test.each([
    ["a known length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "12345"],
    ["chunks, in one", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "a\r\n12345"],
    ["chunks, between two", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\n12345\r\n"],
    ["chunks, in the last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\n12345\r\n0\r\n"],
  ])("of %s errors with a TypeError, and is never whole", async (_, head, part) => {
    for (const arrives of ["together", "apart"]) {
      const { server, fetch, url } = await wireStage();
      const response = fetch(url);
      const wire = await server.answer(head + (arrives === "together" ? part : ""), arrives === "together");
      const body = (await response).text();
      body.catch(() => {});
      if (arrives === "apart") await wire.send(part);
      wire.end();
      expect(await causeOf(body)).toBe("IncompleteMessage");
    }
  });

  test("by a reset errors, although only the close would have ended it", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.0 200 OK\r\n\r\npart");
    const body = (await response).text();
    body.catch(() => {});
    wire.destroy();
    expect(await causeOf(body)).toBe("ECONNRESET");
  });

  test("by a chunk that is none names that", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    const body = (await response).text();
    body.catch(() => {});
    await wire.send("xyz\r\n");
    expect(await causeOf(body)).toBe("InvalidChunk");
  });

  test("gives what arrived first to who reads it piece by piece", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    const reader = ((await response).body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("12345");
    wire.end();
    expect(await causeOf(reader.read())).toBe("IncompleteMessage");
  });

  test("that is whole stays so, but bytes behind it cost the connection", async () => {
    const { server, fetch, url } = await wireStage();
    const first = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n");
    expect(await (await first).text()).toBe("ok");
    expect(await wire.closed()).toBe("reset");
  });
});
