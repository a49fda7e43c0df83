import { AsyncHttpServer, VirtualNetwork } from "portico";
import { expect, it } from "vitest";
import { WireServer } from "../testing/client-stage.ts";
import { createFetch } from "./fetch-later.ts";

function serving() {
  const network = new VirtualNetwork();
  const targets: string[] = [];
  const server = new AsyncHttpServer({ network });
  void server.serve(80, (request) => {
    targets.push(`${request.target} ${request.headers.get("x-name")}`);
    return request.respond(200, "Hello");
  });
  return { network, targets, server };
}

it("reads a call's arguments before its machinery is there, and sends the calls in their order", async () => {
  const { network, targets, server } = serving();
  const fetch = createFetch(network, { maxConnectionsPerOrigin: 1 });
  const headers = new Headers({ "X-Name": "early" });
  const calls = ["/1", "/2", "/3"].map((path) => fetch(`http://localhost${path}`, { headers }));
  headers.set("X-Name", "late");
  for (const call of calls) expect((await call).status).toBe(200);
  expect(targets).toEqual(["/1 early", "/2 early", "/3 early"]);
  await server.close();
});

it("refuses what comes after close, whether or not its machinery is there", async () => {
  const { network, targets, server } = serving();
  const fetch = createFetch(network);
  fetch.close();
  for (let i = 0; i < 2; i++)
    await expect(fetch("http://localhost/")).rejects.toMatchObject({ cause: { code: "ClientClosed" } });
  expect(targets).toEqual([]);
  await server.close();
});

it("gives up a call that is aborted before its machinery is there", async () => {
  const { network, targets, server } = serving();
  const aborter = new AbortController();
  const call = createFetch(network)("http://localhost/", { signal: aborter.signal });
  aborter.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
  expect(targets).toEqual([]);
  await server.close();
});

it("says at once which option is out of range", () => {
  expect(() => createFetch(new VirtualNetwork(), { keepAliveMs: -1 })).toThrow(TypeError);
});

it("keeps no connection of a call that it was closed behind, before its machinery was there", async () => {
  const network = new VirtualNetwork();
  const server = await WireServer.listen(network);
  const fetch = createFetch(network);
  const call = fetch(server.url);
  fetch.close();
  const wire = await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  expect(await (await call).text()).toBe("ok");
  expect(await wire.closed()).toBe("closed");
});
