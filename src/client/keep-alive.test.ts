import { describe, expect, test } from "vitest";
import { serverStage, wireStage } from "../testing/client-stage.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/turn.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("a connection", () => {
  test("is used for one request after the other", async () => {
    const ports = new Set<number>();
    const { fetch, url } = await serverStage((request) => {
      ports.add(request.client.remoteAddress.port);
      return request.respond(200, "ok");
    });
    for (let i = 0; i < 5; i++) await (await fetch(url)).text();
    expect(ports.size).toBe(1);
  });

  test("may bring a hundred interim responses with each answer", async () => {
    const { server, fetch, url } = await wireStage();
    const interims = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100);
    const first = fetch(url);
    const wire = await server.answer(interims + OK);
    expect(await (await first).text()).toBe("ok");
    const second = fetch(url);
    await wire.read("\r\n\r\n");
    await wire.send(interims + OK);
    expect(await (await second).text()).toBe("ok");
  });

  test("is free again although nobody reads the body, as long as that is short", async () => {
    const ports = new Set<number>();
    const { fetch, url } = await serverStage((request) => {
      ports.add(request.client.remoteAddress.port);
      return request.respond(200, new Uint8Array(60_000));
    });
    for (let i = 0; i < 5; i++) await fetch(url);
    expect(ports.size).toBe(1);
  });

  test("is free again after a body that had filled it", async () => {
    const ports = new Set<number>();
    const { fetch, url } = await serverStage((request) => {
      ports.add(request.client.remoteAddress.port);
      return request.respond(200, new Uint8Array(100_000));
    });
    for (let i = 0; i < 3; i++) expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(100_000);
    expect(ports.size).toBe(1);
  });

  test("is free again when a body of a known length is out, although its stream has not ended", async () => {
    const { server, fetch, url } = await wireStage();
    const body = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(Uint8Array.of(65, 66)) });
    const headers = { "Content-Length": "2" };
    const first = fetch(url, { method: "POST", body, duplex: "half", headers });
    const wire = await server.accept();
    await wire.read("\r\n\r\nAB");
    await wire.send(OK);
    expect(await (await first).text()).toBe("ok");
    const second = fetch(url);
    await wire.read("\r\n\r\n");
    await wire.send(OK);
    expect(await (await second).text()).toBe("ok");
  });

  test("closes when it idled for the timeout, and not before", async () => {
    const clock = new FakeClock();
    const { server, fetch, url } = await wireStage({ clock, keepAliveMs: 5000 });
    const response = fetch(url);
    const wire = await server.answer(OK);
    await response;
    await clock.advance(4000);
    const second = fetch(url);
    await wire.read("\r\n\r\n");
    await wire.send(OK);
    await second;
    await clock.advance(4999);
    expect(wire.state).toBe("open");
    await clock.advance(1);
    expect(wire.state).toBe("half-closed");
    expect(await wire.closed()).toBe("closed");
  });

  test("is not closed by the timeout while a request is on it, and leaves no timer behind", async () => {
    const clock = new FakeClock();
    const { server, fetch, url } = await wireStage({ keepAliveMs: 1000, clock });
    const first = fetch(url);
    const wire = await server.answer(OK);
    await first;
    await clock.advance(900);
    const second = fetch(url);
    await wire.read("\r\n\r\n");
    await clock.advance(60_000);
    await wire.send(OK);
    expect(await (await second).text()).toBe("ok");
    expect(clock.pending).toBe(1);
    wire.destroy();
    await settled();
    expect(clock.pending).toBe(0);
  });

  test("is cut when the server does not close it after that", async () => {
    const clock = new FakeClock();
    const { server, fetch, url, network } = await wireStage({ clock, keepAliveMs: 5000 });
    const before = network.descriptors().active;
    const response = fetch(url);
    const wire = await server.answer(OK);
    await response;
    await clock.advance(5000);
    expect(wire.state).toBe("half-closed");
    await clock.advance(2000);
    expect(wire.state).toBe("reset");
    expect(network.descriptors().active).toBe(before);
  });

  test("closes a second before the server says that it will", async () => {
    const clock = new FakeClock();
    const { server, fetch, url } = await wireStage({ clock });
    const response = fetch(url);
    const wire = await server.answer(
      "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 0\r\n\r\n",
    );
    await response;
    await clock.advance(3999);
    expect(wire.state).toBe("open");
    await clock.advance(1);
    expect(wire.state).toBe("half-closed");
  });

  test("closes at once when the server keeps it for a second or less", async () => {
    const clock = new FakeClock();
    const { server, fetch, url } = await wireStage({ clock });
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n");
    await response;
    await settled();
    expect(wire.state).toBe("half-closed");
  });

  test.each(["end", "destroy"] as const)(
    "that idles is forgotten when the server's side is %s",
    async (how) => {
      const { server, fetch, url } = await wireStage();
      const other = fetch(url);
      const busy = (await server.request()).wire;
      const first = fetch(url);
      const wire = await server.answer(OK);
      await first;
      wire[how]();
      if (how === "end") expect(await wire.closed()).toBe("closed");
      await settled();
      const second = fetch(url, { method: "POST", body: "not to be sent twice" });
      await server.answer(OK);
      expect(await (await second).text()).toBe("ok");
      await busy.send(OK);
      await other;
    },
  );

  test.each([
    ["the server said close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", {}],
    ["the server speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", {}],
    ["the request said close", OK, { headers: { Connection: "Close" } }],
  ])("is not used again when %s", async (_, bytes, init) => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url, init);
    const wire = await server.answer(bytes);
    expect(await (await response).text()).toBe("ok");
    expect(await wire.closed()).toBe("closed");
    const second = fetch(url);
    await server.answer(OK);
    expect(await (await second).text()).toBe("ok");
  });

  test("is not kept at all when the timeout is 0, and the server is told", async () => {
    const { server, fetch, url } = await wireStage({ keepAliveMs: 0 });
    const response = fetch(url);
    const { wire, head } = await server.request();
    expect(head).toContain("Connection: close\r\n");
    await wire.send(OK);
    await response;
    expect(await wire.closed()).toBe("closed");
  });

  test("of an HTTP/1.0 server that keeps it is used again", async () => {
    const { server, fetch, url } = await wireStage();
    const first = fetch(url);
    const wire = await server.answer(
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    );
    await first;
    const second = fetch(url);
    await wire.read("\r\n\r\n");
    await wire.send(OK);
    expect(await (await second).text()).toBe("ok");
  });

  test("that gets a response to no request is cut", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer(OK);
    await response;
    await wire.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    expect(await wire.closed()).toBe("reset");
  });
});
