import { expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import type { Timeouts } from "./options.ts";
import { HttpServer } from "./server.ts";
import type { RequestCallback } from "./types.ts";

async function stage(timeouts: Partial<Timeouts>, callback: RequestCallback) {
  const clock = new FakeClock();
  const network = new VirtualNetwork({ clock });
  const server = new HttpServer({ network, clock, timeouts });
  const serving = server.serve(80, callback);
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  const close = async () => {
    await server.close({ graceMs: 0 });
    await serving;
  };
  return { clock, client, close };
}

it("waits for a later head on a connection as long as for the first: headersMs from its first byte, trickled or not", async () => {
  const timeouts = { headersMs: 4000, bodyMs: 60_000 };
  const { clock, client, close } = await stage(timeouts, (request) => request.respond(200, "ok"));
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await client.read("ok")).toContain("200 OK");
  await clock.advance(10_000);
  await client.send("GET /later HTTP/1.1\r\n");
  await clock.advance(3500);
  await client.send("Host: a\r\n");
  expect(client.state).toBe("open");
  await clock.advance(2000);
  expect(await client.readToEnd()).toContain("408 Request Timeout");
  await close();
});

it("waits for a body bodyMs, however long a head may take", async () => {
  const timeouts = { headersMs: 60_000, bodyMs: 4000 };
  const { clock, client, close } = await stage(timeouts, async (request) => {
    await request.respond(200, await request.text());
  });
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab");
  await clock.advance(3500);
  expect(client.state).toBe("open");
  await clock.advance(2000);
  expect(await client.readToEnd()).toContain("408 Request Timeout");
  await close();
});

it("waits for the rest of a body bodyMs from its last 64 KiB: that many at once are no credit for a trickle", async () => {
  const timeouts = { bodyMs: 4000 };
  const { clock, client, close } = await stage(timeouts, async (request) => {
    await request.respond(200, await request.text());
  });
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
  await clock.advance(1000);
  await client.send("x".repeat(100_000));
  await clock.advance(5000);
  expect(client.state).toBe("open");
  for (let second = 0; second < 6; second++) {
    await client.send("x");
    await clock.advance(1000);
  }
  expect(await client.readToEnd()).toContain("408 Request Timeout");
  await close();
});

it("does not count what the callback takes between two pieces of a body", async () => {
  const goOn: (() => void)[] = [];
  const { clock, client, close } = await stage({ bodyMs: 4000 }, async (request) => {
    let text = "";
    for await (const piece of request) {
      text += new TextDecoder().decode(piece);
      await new Promise<void>((resolve) => goOn.push(resolve));
    }
    await request.respond(200, text);
  });
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  for (const piece of ["a", "b", "c"]) {
    await clock.advance(1200); // that the client takes: 3600 ms in all
    await client.send(piece);
    await clock.advance(2400); // that the callback takes
    goOn.shift()?.();
    await settled();
  }
  expect(client.text).toMatch(/200 OK[\s\S]*abc$/);
  await close();
});

it("waits for a head that began to come with the request before it no longer than for another", async () => {
  const timeouts = { headersMs: 4000 };
  const { clock, client, close } = await stage(timeouts, (request) => request.respond(200, "ok"));
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /later HTTP/1.1\r\n");
  expect(await client.read("ok")).toContain("200 OK");
  await clock.advance(3500);
  expect(client.state).toBe("open");
  await clock.advance(2000);
  expect(await client.readToEnd()).toContain("408 Request Timeout");
  await close();
});
