import { describe, expect, test } from "vitest";
import { causeOf, serverStage, WireServer, wireStage } from "../testing/client-stage.ts";
import { settled } from "../testing/turn.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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
