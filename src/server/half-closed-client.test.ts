import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import { HttpServer } from "./server.ts";
import type { HttpRequest, RequestCallback } from "./types.ts";

/** A server on a line without conditions, and a client that asks and ends its side. */
async function stage(callback: RequestCallback, timeouts = {}) {
  const clock = new FakeClock();
  const network = new VirtualNetwork({ clock });
  const server = new HttpServer({ network, clock, timeouts });
  void server.serve(80, callback);
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.end();
  await settled();
  return { clock, server, client };
}

/** A callback whose answer a test gives. */
function held() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  let request: HttpRequest | undefined;
  const callback: RequestCallback = async (asked) => {
    request = asked;
    await promise;
    await asked.respond(200, "late");
  };
  return { callback, answer: () => resolve(), aborted: () => request?.signal.aborted };
}

describe("a client that ended its side while its request is served", () => {
  it("is in doubt after 100 ms, and gets its answer all the same", async () => {
    const { callback, answer, aborted } = held();
    const { clock, client } = await stage(callback);
    await clock.advance(99);
    expect(aborted()).toBe(false);
    await clock.advance(1);
    expect(aborted()).toBe(true);
    answer();
    await settled();
    expect(client.text).toMatch(/^HTTP\/1\.1 200 [\s\S]*late$/);
  });

  it("leaves no timer behind when its connection goes first", async () => {
    const { callback } = held();
    const { clock, client } = await stage(callback);
    expect(clock.pending).toBeGreaterThan(0);
    client.destroy();
    await settled();
    expect(clock.pending).toBe(0);
  });

  it("leaves none behind when who is told of the doubt answers", async () => {
    const { clock, server, client } = await stage(
      (request) =>
        new Promise<void>((resolve) => {
          request.signal.addEventListener("abort", () => resolve(request.respond(200, "late")));
        }),
    );
    await clock.advance(100);
    await settled();
    expect(client.text).toMatch(/late$/);
    await server.close({ graceMs: 0 });
    await settled();
    expect(clock.pending).toBe(0);
  });

  it("is waited for as long as it takes without a write timeout", async () => {
    const { callback, answer } = held();
    const { clock, client } = await stage(callback, { writeStallMs: 0 });
    await clock.advance(120_000);
    answer();
    await settled();
    expect(client.text).toMatch(/late$/);
  });
});
