import { describe, expect, it } from "vitest";
import { VirtualNetwork, type VirtualNetworkOptions } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import type { Timeouts } from "./options.ts";
import { HttpServer } from "./server.ts";
import type { RequestCallback } from "./types.ts";

/** A server with the default timeouts but for those given, and a client on a line of its own, who asked. */
async function download(
  line: VirtualNetworkOptions,
  callback: RequestCallback,
  field = "",
  timeouts: Partial<Timeouts> = {},
) {
  const clock = new FakeClock();
  const network = new VirtualNetwork({ clock, ...line });
  const server = new HttpServer({ network, clock, timeouts });
  void server.serve(80, callback);
  await settled();
  const connecting = WireClient.connect(network, { host: "localhost", port: 80 });
  await clock.advance(1000);
  const client = await connecting;
  await client.send(`GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n`);
  const seconds = async (count: number) => clock.advance(count * 1000);
  return { client, seconds, close: () => server.close({ graceMs: 0 }) };
}

const size = 700_000;
const bytes = new Uint8Array(size).fill(120);

describe("a slow reader of a large answer", () => {
  const answers: Record<string, RequestCallback> = {
    "in one piece of bytes": (request) => request.respond(200, bytes),
    "in one piece of text": (request) => request.respond(200, "x".repeat(size)),
    "in pieces": async (request) => {
      const body = await request.sendHeaders({ "Content-Length": `${size}` });
      for (let at = 0; at < size; at += 10_000) await body.write(bytes.subarray(0, 10_000));
      await body.close();
    },
    "in pieces that nobody waits for": async (request) => {
      const body = await request.sendHeaders({ "Content-Length": `${size}` });
      for (let at = 0; at < size; at += 10_000) void body.write(bytes.subarray(0, 10_000));
      await body.close();
    },
  };

  for (const [how, callback] of Object.entries(answers)) {
    it(`gets all of it, ${how}, at 4 KB a second`, async () => {
      const line = { bytesPerSecond: 4096, maxSegmentBytes: 16_384 };
      const { client, seconds, close } = await download(line, callback);
      await seconds(size / 4096 + 10);
      expect(client.bytes.length).toBeGreaterThan(size);
      expect(client.state).toBe("open");
      await close();
    });
  }

  it("gets all of its last answer without a write timeout, however slow it is", async () => {
    const line = { bytesPerSecond: 2000, maxSegmentBytes: 65_536 };
    const callback: RequestCallback = (request) => request.respond(200, bytes);
    const { client, seconds, close } = await download(line, callback, "Connection: close\r\n", {
      writeStallMs: 0,
    });
    await seconds(size / 2000 + 10);
    expect(client.bytes.length).toBeGreaterThan(size);
    expect(client.state).toBe("half-closed");
    await close();
  });

  it("gets all of its last answer although that takes longer than writeStallMs", async () => {
    const line = { bytesPerSecond: 4096, maxSegmentBytes: 16_384 };
    const callback: RequestCallback = (request) => request.respond(200, bytes);
    const { client, seconds, close } = await download(line, callback, "Connection: close\r\n");
    await seconds(size / 4096 + 10);
    expect(client.bytes.length).toBeGreaterThan(size);
    expect(client.state).toBe("half-closed");
    await close();
  });

  it("is never reset behind its last answer without a limit for that, however large it was", async () => {
    const callback: RequestCallback = (request) => request.respond(200, bytes);
    const { client, seconds, close } = await download({}, callback, "Connection: close\r\n", { lingerMs: 0 });
    await seconds(3600);
    expect(client.bytes.length).toBeGreaterThan(size);
    expect(client.state).toBe("half-closed");
    await close();
  });

  it("is reset after writeStallMs when that is but a trickle, although each bit of it is a drain", async () => {
    const line = { bytesPerSecond: 1000, maxSegmentBytes: 1000, highWaterMark: 1000 };
    const drains: number[] = [];
    const { client, seconds, close } = await download(line, async (request) => {
      const body = await request.sendHeaders({});
      for (;;) drains.push(await body.write(bytes.subarray(0, 1000)).then(() => 1));
    });
    await seconds(59);
    expect(drains.length).toBeGreaterThan(50);
    expect(client.state).toBe("open");
    await seconds(4);
    expect(await client.closed()).toBe("reset");
    await close();
  });

  it("is reset after writeStallMs too when that was the last answer of its connection", async () => {
    const line = { bytesPerSecond: 1000, maxSegmentBytes: 1000, highWaterMark: 1000 };
    const callback: RequestCallback = (request) => request.respond(200, bytes.subarray(0, 200_000));
    const { client, seconds, close } = await download(line, callback, "Connection: close\r\n");
    await seconds(59);
    expect(client.state).toBe("open");
    await seconds(4);
    expect(await client.closed()).toBe("reset");
    await close();
  });

  it("is not charged for the time that the callback takes for the next piece", async () => {
    const next: (() => void)[] = [];
    const line = { bytesPerSecond: 4096, maxSegmentBytes: 16_384, highWaterMark: 50_000 };
    const { client, seconds, close } = await download(line, async (request) => {
      const body = await request.sendHeaders({});
      for (;;) {
        await body.write(bytes.subarray(0, 100_000));
        await new Promise<void>((resolve) => next.push(resolve));
      }
    });
    for (let piece = 1; piece < 5; piece++) {
      await seconds(58); // of which it waits for 24
      expect(client.bytes.length).toBeGreaterThan(piece * 100_000);
      next.shift()?.();
    }
    expect(client.state).toBe("open");
    await close();
  });
});
