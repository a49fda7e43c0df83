import { describe, expect, test } from "vitest";
import { rejection, serverStage, wireStage } from "../testing/client-stage.ts";
import { requestsTakeStreams } from "../testing/platform.ts";
import { settled } from "../testing/turn.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("an aborted fetch", () => {
  test("is an AbortError when the signal was aborted before, and connects to nothing", async () => {
    const { network, fetch, url } = await wireStage();
    const before = network.descriptors().active;
    const error = await rejection(fetch(url, { signal: AbortSignal.abort() }));
    expect(error.name).toBe("AbortError");
    expect(error).toBeInstanceOf(DOMException);
    expect(network.descriptors().active).toBe(before);
  });

  test("rejects with the signal's own reason", async () => {
    const { fetch, url } = await wireStage();
    const reason = new RangeError("enough");
    expect(await rejection(fetch(url, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  test("while it connects gives up the connection", async () => {
    const { network, fetch } = await wireStage({}, { ports: { 81: { blackHole: true } } });
    const before = network.descriptors().active;
    const controller = new AbortController();
    const response = fetch("http://localhost:81/", { signal: controller.signal });
    response.catch(() => {});
    await settled();
    expect(network.descriptors().active).toBe(before + 1);
    controller.abort();
    expect((await rejection(response)).name).toBe("AbortError");
    expect(network.descriptors().active).toBe(before);
  });

  test("while it waits for one of too few connections leaves the queue", async () => {
    const { server, fetch, url } = await wireStage({ maxConnectionsPerOrigin: 1 });
    const first = fetch(url);
    const { wire } = await server.request();
    const controller = new AbortController();
    const second = fetch(`${url}second`, { signal: controller.signal });
    const third = fetch(`${url}third`);
    second.catch(() => {});
    await settled();
    controller.abort();
    expect((await rejection(second)).name).toBe("AbortError");
    await wire.send(OK);
    await first;
    expect(await wire.read("\r\n\r\n")).toContain("GET /third ");
    await wire.send(OK);
    expect(await (await third).text()).toBe("ok");
  });

  test("while it sends cancels the body and cuts the connection", async () => {
    const { server, fetch, url } = await wireStage();
    const controller = new AbortController();
    let cancelled: unknown;
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(Uint8Array.of(65)),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    const response = fetch(url, { method: "POST", body, duplex: "half", signal: controller.signal });
    response.catch(() => {});
    const { wire } = await server.request();
    controller.abort(new Error("no more"));
    expect((await rejection(response)).message).toBe("no more");
    await settled();
    expect(cancelled).toEqual(new Error("no more"));
    expect(await wire.closed()).toBe("reset");
  });

  test("before it began cancels a body that is a stream", async () => {
    const { fetch, url } = await wireStage();
    const reason = new Error("no");
    const cancelled: unknown[] = [];
    const body = () => new ReadableStream<Uint8Array>({ cancel: (why) => void cancelled.push(why) });
    const init = () => ({ method: "POST", body: body(), duplex: "half" as const });
    const signal = AbortSignal.abort(reason);
    expect(await rejection(fetch(url, { ...init(), signal }))).toBe(reason);
    expect(cancelled).toEqual([reason]);
    if (!requestsTakeStreams) return;
    expect(await rejection(fetch(new Request(url, init()), { signal }))).toBe(reason);
    expect(cancelled).toEqual([reason, reason]);
  });

  test("while it waits for the response cuts the connection", async () => {
    const { server, fetch, url } = await wireStage();
    const controller = new AbortController();
    const response = fetch(new Request(url, { signal: controller.signal }));
    response.catch(() => {});
    const { wire } = await server.request();
    controller.abort();
    expect((await rejection(response)).name).toBe("AbortError");
    expect(await wire.closed()).toBe("reset");
  });

  test("while the body streams errors the body, for a read that waits and for one that comes later", async () => {
    for (const when of ["waits", "comes later"]) {
      const { server, fetch, url } = await wireStage();
      const controller = new AbortController();
      const response = fetch(url, { signal: controller.signal });
      const wire = await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
      const reader = ((await response).body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      const read = when === "waits" ? reader.read() : undefined;
      read?.catch(() => {});
      controller.abort();
      expect((await rejection(read ?? reader.read())).name).toBe("AbortError");
      expect(await wire.closed()).toBe("reset");
    }
  });

  test("while a coded body streams errors the body as well", async () => {
    const { server, fetch, url } = await wireStage();
    const controller = new AbortController();
    const response = fetch(url, { signal: controller.signal });
    await server.answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f");
    const text = (await response).text();
    text.catch(() => {});
    await settled();
    controller.abort();
    expect((await rejection(text)).name).toBe("AbortError");
  });

  test.each([
    ["on a connection of its own", {}, ""],
    ["on one that was used, in small segments", { maxSegmentBytes: 7 }, "used"],
  ])("at any moment settles and leaves nothing, %s", async (_, conditions, used) => {
    for (let hops = 0; hops < 60; hops++) {
      const { network, server, fetch, url } = await serverStage(
        (request) => request.respond(200, "whole"),
        {},
        conditions,
      );
      if (used) await (await fetch(url)).text();
      const controller = new AbortController();
      const body = hops % 2 ? { method: "POST", body: new Blob(["content"]) } : {};
      const outcome = fetch(url, { ...body, signal: controller.signal })
        .then((response) => response.text())
        .catch((error) => error.name);
      for (let hop = 0; hop < hops * 2; hop++) await undefined;
      controller.abort();
      expect(["whole", "AbortError"]).toContain(await outcome);
      fetch.close();
      await server.close();
      expect(network.descriptors().active).toBe(0);
    }
  });

  test("for a reason that is null fails the body with it", async () => {
    const { server, fetch, url } = await wireStage();
    const controller = new AbortController();
    const call = fetch(url, { signal: controller.signal });
    await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok");
    const reader = (await call).body?.getReader();
    await reader?.read();
    const failed = reader?.read().catch((error) => [error]);
    controller.abort(null);
    expect(await failed).toEqual([null]);
  });

  test("after the response was whole does nothing, and the connection is used again", async () => {
    const ports = new Set<number>();
    const { fetch, url } = await serverStage((request) => {
      ports.add(request.client.remoteAddress.port);
      return request.respond(200, "whole");
    });
    const controller = new AbortController();
    const response = await fetch(url, { signal: controller.signal });
    controller.abort();
    expect(await response.text()).toBe("whole");
    expect(await (await fetch(url)).text()).toBe("whole");
    expect(ports.size).toBe(1);
  });

  test("tells the server's callback", async () => {
    let told = () => {};
    const gone = new Promise<void>((resolve) => {
      told = resolve;
    });
    const { fetch, url } = await serverStage(async (request) => {
      request.signal.addEventListener("abort", told);
      await gone;
    });
    const controller = new AbortController();
    const response = fetch(url, { signal: controller.signal });
    response.catch(() => {});
    await settled();
    controller.abort();
    await gone;
  });
});
