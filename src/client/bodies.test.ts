import { describe, expect, test } from "vitest";
import { iterable } from "../middleware/pieces.ts";
import { causeOf, rejection, serverStage, wireStage } from "../testing/client-stage.ts";
import { hasByteStreams, readsFormsWithFiles, requestsTakeStreams } from "../testing/platform.ts";
import { settled } from "../testing/turn.ts";
import type { FetchInit } from "./request.ts";
import { headersOf, trailersOf } from "./response-facts.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Says what the server got. */
const echo = (callback?: () => void) =>
  serverStage(async (request) => {
    callback?.();
    const { headers } = request;
    const framing = headers.get("transfer-encoding") ?? headers.get("content-length") ?? "none";
    const body = [...(await request.bytes())].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    await request.respond(200, `${headers.get("content-type")} | ${framing} | ${body}`);
  });

const post = (init: FetchInit): FetchInit => ({ method: "POST", ...init });
const streamOf = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

describe("a request body", () => {
  test.each<[string, () => BodyInit, string]>([
    ["text", () => "ü€", "text/plain;charset=UTF-8 | 5 | c3bce282ac"],
    ["empty text", () => "", "text/plain;charset=UTF-8 | 0 | "],
    ["an ArrayBuffer", () => Uint8Array.of(1, 2).buffer, "null | 2 | 0102"],
    ["a view of a buffer", () => Uint8Array.of(1, 2, 3).subarray(1), "null | 2 | 0203"],
    ["a Blob", () => new Blob(["ab"], { type: "x/y" }), "x/y | 2 | 6162"],
    [
      "URLSearchParams",
      () => new URLSearchParams({ a: "1 2" }),
      "application/x-www-form-urlencoded;charset=UTF-8 | 5 | 613d312b32",
    ],
    ["a stream", () => streamOf(Uint8Array.of(1), Uint8Array.of(2)), "null | chunked | 0102"],
  ])("can be %s", async (_, body, seen) => {
    const { fetch, url } = await echo();
    const response = await fetch(url, post({ body: body(), duplex: "half" }));
    expect(await response.text()).toBe(seen);
  });

  test.runIf(readsFormsWithFiles)("can be a form", async () => {
    const { fetch, url } = await serverStage(async (request) => {
      const form = await request.formData();
      await request.respond(200, `${form.get("a")} ${await (form.get("f") as File).text()}`);
    });
    const form = new FormData();
    form.set("a", "1");
    form.set("f", new File(["content"], "f.txt"));
    expect(await (await fetch(url, post({ body: form }))).text()).toBe("1 content");
  });

  test("of a Request has its length when the Request was made of bytes", async () => {
    const { fetch, url } = await echo();
    const request = new Request(url, { method: "POST", body: "abc" });
    // Bun gives a Request no type of its own.
    const type = request.headers.get("content-type");
    expect(await (await fetch(request)).text()).toBe(`${type} | 3 | 616263`);
    expect(request.bodyUsed).toBe(true);
    await expect(fetch(request)).rejects.toThrow(TypeError);
  });

  test.runIf(requestsTakeStreams)(
    "of a Request goes out in chunks when the Request was made of a stream that takes its time",
    async () => {
      const { fetch, url } = await echo();
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          controller.enqueue(Uint8Array.of(1));
          await settled();
          controller.enqueue(Uint8Array.of(2));
          controller.close();
        },
      });
      const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
      expect(await (await fetch(new Request(url, init))).text()).toBe("null | chunked | 0102");
    },
  );

  test("that is a stream needs duplex", async () => {
    const { fetch, url } = await echo();
    await expect(fetch(url, post({ body: streamOf() }))).rejects.toThrow("duplex");
  });

  test("that is large arrives whole, in one piece or many", async () => {
    const { fetch, url } = await serverStage(async (request) => {
      const bytes = await request.bytes();
      await request.respond(200, `${bytes.length} ${bytes.every((byte, i) => byte === i % 251)}`);
    });
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
    expect(await (await fetch(url, post({ body: bytes }))).text()).toBe("3000000 true");
    const pieces = streamOf(bytes.slice(0, 1_500_000), bytes.slice(1_500_000));
    const init = post({ body: pieces, duplex: "half" });
    expect(await (await fetch(url, init)).text()).toBe("3000000 true");
    expect(await (await fetch(url, post({ body: new Blob([bytes]) }))).text()).toBe("3000000 true");
  });

  test("that is text outside ASCII beside a header outside ASCII keeps both", async () => {
    const { fetch, url } = await serverStage(async (request) => {
      await request.respond(200, `${request.headers.get("x-a") === "é"} ${(await request.text()) === "é"}`);
    });
    const response = await fetch(url, post({ body: "é", headers: { "x-a": "é" } }));
    expect(await response.text()).toBe("true true");
  });

  test("is pulled no quicker than the server takes it", async () => {
    const { server, fetch, url } = await wireStage({}, { highWaterMark: 1000 });
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          if (pulled > 100) controller.close();
          else controller.enqueue(new Uint8Array(500));
        },
      },
      { highWaterMark: 0 },
    );
    const response = fetch(url, post({ body, duplex: "half" }));
    const wire = await server.accept();
    await wire.read("\r\n\r\n");
    wire.socket.pause();
    await settled();
    const stalledAt = pulled;
    expect(stalledAt).toBeLessThan(50);
    await settled();
    expect(pulled).toBe(stalledAt);
    wire.socket.resume();
    await wire.read("0\r\n\r\n");
    await wire.send(OK);
    expect(await (await response).text()).toBe("ok");
    expect(pulled).toBe(101);
  });

  test("may have the length that its headers say, and no other", async () => {
    const { fetch, url } = await echo();
    const send = (length: string, body: BodyInit) =>
      fetch(url, post({ body, duplex: "half", headers: { "Content-Length": length } }));
    expect(await (await send("2", streamOf(Uint8Array.of(1, 2)))).text()).toBe("null | 2 | 0102");
    expect(await causeOf(send("1", streamOf(Uint8Array.of(1, 2))))).toBe("ContentLengthMismatch");
    expect(await causeOf(send("3", streamOf(Uint8Array.of(1, 2))))).toBe("ContentLengthMismatch");
    await expect(send("3", "ab")).rejects.toThrow("Content-Length");
    await expect(send("x", "ab")).rejects.toThrow("Content-Length");
  });

  test("whose stream fails fails the fetch, and the server sees that it was cut", async () => {
    const { server, fetch, url } = await wireStage();
    const failure = new Error("disk");
    let fail = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Uint8Array.of(65));
        fail = () => controller.error(failure);
      },
    });
    const response = fetch(url, post({ body, duplex: "half" }));
    response.catch(() => {});
    const { wire } = await server.request();
    await wire.read("1\r\nA\r\n");
    fail();
    expect((await rejection(response)).cause).toBe(failure);
    expect(await wire.closed()).toBe("reset");
  });

  test("whose stream gives something else than bytes fails the fetch", async () => {
    const { server, fetch, url } = await wireStage();
    const body = new ReadableStream({ start: (controller) => controller.enqueue("text") });
    const response = fetch(url, post({ body, duplex: "half" }));
    response.catch(() => {});
    await server.accept();
    expect(await causeOf(response)).toBe("InvalidBody");
  });

  test("that the server does not wait for is cancelled, and the response is whole", async () => {
    const { server, fetch, url } = await wireStage();
    let cancelled: unknown;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Uint8Array.of(65)),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    const response = fetch(url, post({ body, duplex: "half" }));
    const { wire } = await server.request();
    await wire.read("A\r\n");
    await wire.send(OK);
    expect(await (await response).text()).toBe("ok");
    await settled();
    expect(cancelled).toBeInstanceOf(Error);
    expect(await wire.closed()).toBe("reset");
  });

  test("and the response's can flow at once, where the server answers early", async () => {
    const { fetch, url } = await serverStage(async (request) => {
      const writer = await request.sendHeaders({}, 200);
      for await (const chunk of request.body as ReadableStream<Uint8Array>) await writer.write(chunk);
      await writer.close();
    });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    void writer.write(Uint8Array.of(1));
    const response = await fetch(url, post({ body: readable, duplex: "half" }));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value).toEqual(Uint8Array.of(1));
    void writer.write(Uint8Array.of(2));
    expect((await reader.read()).value).toEqual(Uint8Array.of(2));
    void writer.close();
    expect((await reader.read()).done).toBe(true);
  });

  // Some platforms give a whole blob as one chunk.
  test("of one huge chunk that is answered before all of it left costs the connection", async () => {
    class Huge extends Blob {
      override stream(): ReturnType<Blob["stream"]> {
        return new Response(new Uint8Array(this.size)).body as ReturnType<Blob["stream"]>;
      }
    }
    const { server, fetch, url } = await wireStage();
    const response = fetch(url, { method: "PUT", body: new Huge([new Uint8Array(3_000_000)]) });
    const { socket } = await server.accept();
    socket.pause();
    await settled();
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    expect(await (await response).text()).toBe("ok");
    const next = fetch(url);
    expect((await server.request()).head).toMatch(/^GET/);
    next.catch(() => {});
  });

  test.runIf(requestsTakeStreams)(
    "of a Request that fails at once fails the fetch as any other",
    async () => {
      const { fetch, url } = await wireStage();
      const broken = new Error("broken");
      const body = new ReadableStream({ start: (controller) => controller.error(broken) });
      const error = await rejection(
        fetch(new Request(url, { method: "POST", body, duplex: "half" } as FetchInit as RequestInit)),
      );
      expect(error).toBeInstanceOf(TypeError);
      expect(error.cause).toBe(broken);
    },
  );
});

describe("a response body", () => {
  test("streams as it arrives", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const reader = ((await response).body as ReadableStream<Uint8Array>).getReader();
    for (const piece of ["one", "two", "three"]) {
      const read = reader.read();
      await wire.send(`${piece.length}\r\n${piece}\r\n`);
      expect(new TextDecoder().decode((await read).value)).toBe(piece);
    }
    const last = reader.read();
    await wire.send("0\r\n\r\n");
    expect((await last).done).toBe(true);
    await reader.closed;
  });

  test("stops the server when nobody reads it, and goes on when somebody does", async () => {
    const { server, fetch, url } = await wireStage({}, { highWaterMark: 10_000 });
    const response = fetch(url);
    const { wire } = await server.request();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    const { body } = await response;
    let sent = 0;
    const sending = (async () => {
      for (; sent < 1000; sent++) await wire.send(new Uint8Array(1000), "whole", { withinMs: 20_000 });
    })();
    let stalledAt = -1;
    while (sent !== stalledAt) {
      stalledAt = sent;
      await settled();
    }
    expect(sent).toBeLessThan(150);
    let received = 0;
    for await (const chunk of iterable(body as ReadableStream<Uint8Array>)) received += chunk.length;
    expect(received).toBe(1_000_000);
    await sending;
  });

  test.runIf(hasByteStreams)(
    "can be read into the caller's own buffer, where the platform has byte streams",
    async () => {
      const { server, fetch, url } = await wireStage();
      const response = fetch(url);
      const wire = await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
      const reader = ((await response).body as ReadableStream<Uint8Array>).getReader({ mode: "byob" });
      expect(new TextDecoder().decode((await reader.read(new Uint8Array(3))).value)).toBe("012");
      expect(new TextDecoder().decode((await reader.read(new Uint8Array(9))).value)).toBe("34");
      const rest = reader.read(new Uint8Array(9));
      await wire.send("56789");
      expect(new TextDecoder().decode((await rest).value)).toBe("56789");
      expect((await reader.read(new Uint8Array(9))).done).toBe(true);
    },
  );

  test("that is cancelled cuts the connection", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
    await (await response).body?.cancel();
    expect(await wire.closed()).toBe("reset");
  });

  test.each([
    ["the rest of a chunk", "2\r\nab\r", "\n0\r\nX-A: 1\r\n\r\n"],
    ["the trailers", "2\r\nab\r\n0\r\nX-A: 1\r\n\r\n", ""],
  ])("may be given away by who reads it, and leaves what came with it: %s", async (_, first, rest) => {
    const { server, fetch, url } = await wireStage();
    const answer = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nX-B: 2\r\nTransfer-Encoding: chunked\r\n\r\n");
    const response = await answer;
    const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
    const read = reader.read();
    await wire.send(first);
    const { value } = await read;
    structuredClone(value?.buffer, { transfer: value ? [value.buffer] : [] });
    const end = reader.read();
    await wire.send(rest);
    expect((await end).done).toBe(true);
    expect(headersOf(response).get("x-b")).toBe("2");
    expect((await trailersOf(response)).get("x-a")).toBe("1");
  });
});
