import { describe, expect, test } from "vitest";
import { causeOf, serverStage, WireServer, wireStage } from "../testing/client-stage.ts";
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

describe("a request on a connection that had died", () => {
  /** One answered request, then the next one goes out on the same connection. */
  async function second(init: RequestInit & { duplex?: "half" }) {
    const stage = await wireStage();
    const first = stage.fetch(stage.url);
    const wire = await stage.server.answer(OK);
    await first;
    const response = stage.fetch(`${stage.url}second`, init);
    response.catch(() => {});
    await wire.read("\r\n\r\n");
    return { ...stage, wire, response };
  }

  test.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])(
    "is sent once more when it is %s",
    async (method) => {
      const { server, wire, response } = await second({ method });
      wire.destroy();
      const again = await server.request();
      expect(again.head).toContain(`${method} /second HTTP/1.1`);
      await again.wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      expect((await response).status).toBe(200);
    },
  );

  test("is sent again with its body", async () => {
    const { server, wire, response } = await second({ method: "PUT", body: "body" });
    wire.end();
    const again = await server.accept();
    await again.read("\r\n\r\nbody");
    await again.send(OK);
    expect(await (await response).text()).toBe("ok");
  });

  test("is sent once more and not twice", async () => {
    const { server, wire, response } = await second({});
    wire.destroy();
    const again = await server.request();
    again.wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });

  test("is not sent again when it may have had an effect", async () => {
    const { wire, response } = await second({ method: "POST", body: "x" });
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });

  test("is not sent again when its body was a stream", async () => {
    const body = new Blob(["x"]).stream();
    const { wire, response } = await second({ method: "PUT", body, duplex: "half" });
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });

  test("is not sent again when part of a response had come", async () => {
    const { wire, response } = await second({});
    await wire.send("HTTP/1.1 200");
    // A reset may overtake what was sent before it: the part has to be there first.
    await settled();
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });

  test("is not sent again on a first connection", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    response.catch(() => {});
    const { wire } = await server.request();
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });
});

describe("requests to one origin", () => {
  test("share as many connections as there may be, and wait for their turn in order", async () => {
    const ports = new Set<number>();
    const order: string[] = [];
    const { fetch, url } = await serverStage(
      async (request) => {
        ports.add(request.client.remoteAddress.port);
        order.push(request.target);
        await settled();
        await request.respond(200, request.target);
      },
      { maxConnectionsPerOrigin: 3 },
    );
    const targets = Array.from({ length: 12 }, (_, i) => `/${i}`);
    const texts = await Promise.all(
      targets.map(async (target) => (await fetch(new URL(target, url))).text()),
    );
    expect(texts).toEqual(targets);
    expect(order).toEqual(targets);
    expect(ports.size).toBe(3);
  });

  test("are on no more connections than there may be when others of theirs have closed", async () => {
    const { server, fetch, url } = await wireStage({ maxConnectionsPerOrigin: 2 });
    const first = fetch(url);
    const kept = (await server.request()).wire;
    const second = fetch(url);
    const closed = await server.answer(OK.replace("\r\n", "\r\nConnection: close\r\n"));
    await second;
    expect(await closed.closed()).toBe("closed");
    await settled();
    const third = fetch(url);
    const fourth = fetch(`${url}fourth`);
    const { wire } = await server.request();
    await kept.send(OK);
    expect(await kept.read("\r\n\r\n")).toContain("GET /fourth ");
    for (const each of [kept, wire]) await each.send(OK);
    for (const response of [first, third, fourth]) expect(await (await response).text()).toBe("ok");
  });

  test("go on when the one before fails", async () => {
    const { server, fetch, url } = await wireStage({ maxConnectionsPerOrigin: 1 });
    const first = fetch(url);
    const second = fetch(`${url}second`);
    first.catch(() => {});
    await server.answer("nonsense of a server\r\n");
    expect(await causeOf(first)).toBe("InvalidVersion");
    await server.answer(OK);
    expect(await (await second).text()).toBe("ok");
  });

  test("fail each by itself when nobody listens", async () => {
    const { fetch } = await wireStage({ maxConnectionsPerOrigin: 1 });
    const all = [1, 2, 3].map(() => causeOf(fetch("http://localhost:1/")));
    expect(await Promise.all(all)).toEqual(["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"]);
  });

  test("are refused after close, and those that idle end", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer(OK);
    await response;
    fetch.close();
    expect(await wire.closed()).toBe("closed");
    expect(await causeOf(fetch(url))).toBe("ClientClosed");
    expect(await causeOf(fetch("http://127.0.0.1/"))).toBe("ClientClosed");
  });

  test("that wait for a connection when it is closed are refused", async () => {
    const { server, fetch, url } = await wireStage({ maxConnectionsPerOrigin: 1 });
    const first = fetch(url);
    const { wire } = await server.request();
    const waiting = [1, 2].map(() => causeOf(fetch(url)));
    await settled();
    fetch.close();
    expect(await Promise.all(waiting)).toEqual(["ClientClosed", "ClientClosed"]);
    await wire.send(OK);
    expect(await (await first).text()).toBe("ok");
    expect(await wire.closed()).toBe("closed");
  });

  test("that are under way when it is closed are finished, and their connections close", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const { wire } = await server.request();
    fetch.close();
    await wire.send(OK);
    expect(await (await response).text()).toBe("ok");
    expect(await wire.closed()).toBe("closed");
  });
});

describe("a request that is under way when fetch is closed leaves no connection behind", () => {
  test("although its connection is not begun yet", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    fetch.close();
    const wire = await server.answer(OK);
    expect(await (await response).text()).toBe("ok");
    expect(await wire.closed()).toBe("closed");
  });

  test("although it is redirected to another origin", async () => {
    const { server, fetch, url, network } = await wireStage();
    const other = await WireServer.listen(network);
    const response = fetch(url);
    const { wire } = await server.request();
    fetch.close();
    await wire.send(`HTTP/1.1 302 Found\r\nLocation: ${other.url}\r\nContent-Length: 0\r\n\r\n`);
    const second = await other.answer(OK);
    expect(await (await response).text()).toBe("ok");
    expect(await second.closed()).toBe("closed");
  });
});

test("options out of range are refused", async () => {
  await expect(wireStage({ keepAliveMs: -1 })).rejects.toThrow("keepAliveMs");
  await expect(wireStage({ maxConnectionsPerOrigin: 0 })).rejects.toThrow("maxConnectionsPerOrigin");
  await expect(wireStage({ limits: { maxHeaderBytes: Number.NaN } })).rejects.toThrow("maxHeaderBytes");
  await expect(wireStage({ userAgent: "me\r\nEvil: 1" })).rejects.toThrow("User-Agent");
});

test("a limit that is left undefined is the default, and not none", async () => {
  const { fetch, url, server } = await wireStage({ limits: { maxHeaderCount: undefined as never } });
  const failed = causeOf(fetch(url));
  await server.answer(`HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(1001)}\r\n`, true);
  expect(await failed).toBe("TooManyHeaderFields");
});
