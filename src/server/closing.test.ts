import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import { GET, serveOnLine, words } from "./line.fixture.ts";
import { HttpServer } from "./server.ts";

describe("closing a server", () => {
  it("a second time with less grace cuts what is left when that is over, with more it does not wait longer", async () => {
    const { ask, clock, server } = await serveOnLine(() => new Promise(() => {}));
    const client = await ask(GET);
    const closed = [20_000, 3000, 60_000].map((graceMs) => server.close({ graceMs }));
    await clock.advance(2999);
    await settled();
    expect(client.state).toBe("open");
    await clock.advance(1);
    await Promise.all(closed);
    expect(client.state).toBe("reset");
    expect(clock.pending).toBe(0);
  });

  it.each([
    ["without a limit for heads", { headersMs: 0 }, undefined],
    ["whose limit for heads was lowered meanwhile", { headersMs: 60_000 }, 1000],
    ["whose limit for heads was raised meanwhile", { headersMs: 1000 }, 60_000],
  ])("gives a connection that had just come half a second, on a server %s", async (_, timeouts, later) => {
    const { ask, clock, server } = await serveOnLine((request) => request.respond(200, "ok"), { timeouts });
    await clock.advance(5000);
    const [quick, silent] = [await ask(""), await ask("")];
    if (later !== undefined) server.timeouts.headersMs = later;
    void server.close({ graceMs: 60_000 });
    await clock.advance(490);
    expect(silent.state).toBe("open");
    await quick.send(GET);
    await quick.read("ok");
    await clock.advance(1100);
    await settled();
    expect(silent.state).toBe("half-closed");
  });

  it("ends one that has just been answered at once, and serves a head that is on its way for as long as heads may take", async () => {
    const { ask, clock, server } = await serveOnLine((request) => request.respond(200, "ok"));
    const [idle, asking] = [await ask(GET), await ask(GET)];
    await asking.send(GET.slice(0, 20));
    await settled();
    void server.close({ graceMs: 60_000 });
    await settled();
    expect(idle.state).toBe("half-closed");
    await clock.advance(5000);
    await asking.send(GET.slice(20));
    await settled();
    expect(words(asking.text, "ok", "Connection: close")).toEqual(["ok", "Connection: close", "ok"]);
  });

  it("serves what was in the pipe behind an answer that had begun, and the last of that says close", async () => {
    let finish = () => {};
    const { ask, server } = await serveOnLine(async (request) => {
      if (request.target === "/next") return request.respond(200, "next");
      const writer = await request.sendHeaders({});
      finish = () => void writer.close();
    });
    const client = await ask(`${GET}GET /next HTTP/1.1\r\nHost: a\r\n\r\n`);
    void server.close();
    await settled();
    finish();
    await settled();
    expect(words(client.text, "chunked", "Connection: close", "next")).toEqual([
      "chunked",
      "Connection: close",
      "next",
    ]);
  });

  it("ends a connection behind the answer that had begun, although that had not said so", async () => {
    let finish = () => {};
    const { ask, server } = await serveOnLine(async (request) => {
      const writer = await request.sendHeaders({});
      finish = () => void writer.close();
    });
    const client = await ask(GET);
    void server.close();
    await settled();
    finish();
    await settled();
    expect(client.state).toBe("half-closed");
  });

  it("lets a request be answered that is not the first of its connection, or came long after it was accepted", async () => {
    const finish: (() => void)[] = [];
    const { ask, clock, server } = await serveOnLine(async (request) => {
      if (request.target === "/") await new Promise<void>((resolve) => finish.push(resolve));
      await request.respond(200, request.target);
    });
    const [second, old] = [await ask("GET /first HTTP/1.1\r\nHost: a\r\n\r\n"), await ask("")];
    await second.send(GET);
    await clock.advance(1000);
    await old.send(GET);
    await settled();
    void server.close({ graceMs: 60_000 });
    await clock.advance(1000);
    for (const settle of finish) settle();
    await settled();
    for (const client of [second, old]) expect(client.text).toMatch(/Connection: close\r\n\r\n\/$/);
  });

  it("with no grace cuts at once, also where there was some", async () => {
    const { ask, server } = await serveOnLine(() => new Promise(() => {}));
    const client = await ask(GET);
    void server.close({ graceMs: 60_000 });
    await settled();
    expect(client.state).toBe("open");
    await server.close({ graceMs: 0 });
    await settled();
    expect(client.state).toBe("reset");
  });

  it("is told to a protocol that takes a connection over while it closes", async () => {
    let told = 0;
    let upgrade = () => {};
    const { ask, server } = await serveOnLine(async (request) => {
      await new Promise<void>((resolve) => {
        upgrade = resolve;
      });
      const connection = await request.upgrade("echo");
      connection.onShutDown = () => told++;
    });
    await ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
    void server.close({ graceMs: 60_000 });
    await settled();
    upgrade();
    await settled();
    expect(told).toBe(1);
    await server.close({ graceMs: 0 });
  });
});

it("a connection idles for ever without keepAliveMs", async () => {
  const { ask, clock } = await serveOnLine((request) => request.respond(200, "ok"), {
    timeouts: { keepAliveMs: 0 },
  });
  const client = await ask(GET);
  await clock.advance(600_000);
  await settled();
  expect(client.state).toBe("open");
});

it("a connection whose answers were many waits for its client's end no longer than one that had few", async () => {
  const { ask, clock } = await serveOnLine((request) => request.respond(200, "x".repeat(50_000)));
  const client = await ask(GET);
  await client.send(GET.repeat(2));
  await settled();
  await client.send(GET.replace("Host", "Connection: close\r\nHost"));
  await settled();
  expect(client.state).toBe("half-closed");
  await clock.advance(1900);
  expect(client.state).toBe("half-closed");
  await clock.advance(1100);
  await settled();
  expect(client.state).toBe("reset");
});

it("a HEAD that is refused is told the length of what is not sent", async () => {
  const { ask } = await serveOnLine((request) => request.respond(200), { maxBody: 1 });
  const client = await ask("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  expect(await client.readToEnd()).toMatch(/^HTTP\/1\.1 413 [\s\S]*Content-Length: [1-9][\s\S]*\r\n\r\n$/);
});

describe("a client behind a slow line", () => {
  /** Seconds pass on the way, and the server waits two for the client's end. */
  it.each([
    ["that asks for the close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
    ["for which the close ends the body", "GET / HTTP/1.0\r\n\r\n"],
  ])("%s gets the whole answer, and its end", async (_, request) => {
    const clock = new FakeClock();
    const network = new VirtualNetwork({ clock, latencyMs: 3000, bytesPerSecond: 1000 });
    const server = new HttpServer({ network, clock });
    void server.serve(80, async (served) => {
      const writer = await served.sendHeaders({});
      await writer.write("x".repeat(20_000));
      await writer.close();
    });
    await settled();
    const connecting = WireClient.connect(network, { host: "localhost", port: 80 });
    await clock.advance(7000);
    const client = await connecting;
    await client.send(request);
    await clock.advance(60_000);
    expect(client.text.match(/x+/)?.[0]).toHaveLength(20_000);
    expect(client.events).toContain("end");
    await server.close({ graceMs: 0 });
  });
});
