import { createHook } from "node:async_hooks";
import { expect, it } from "vitest";
import { AsyncHttpServer, createFetch, VirtualNetwork } from "../index.node.ts";
import { FakeClock } from "./fake-clock.ts";

it("an hour of slow network, thousands of steps, waits for few timers of the platform", async () => {
  let steps = 0;
  class CountingClock extends FakeClock {
    override setTimeout(callback: () => void, ms: number): unknown {
      steps++;
      return super.setTimeout(callback, ms);
    }
  }
  const clock = new CountingClock(0);
  const network = new VirtualNetwork({ clock, latencyMs: 100, bytesPerSecond: 100 });
  const server = new AsyncHttpServer({ network, clock, timeouts: { writeStallMs: 0 } });
  void server.serve(80, (request) => request.respond(200, new Uint8Array(360_000)));
  const fetch = createFetch(network, { clock });

  let timers = 0;
  const hook = createHook({ init: (_id, type) => void (type === "Timeout" && timers++) }).enable();
  const response = await clock.until(fetch("http://localhost/"));
  expect((await clock.until(response.arrayBuffer())).byteLength).toBe(360_000);
  hook.disable();

  expect(clock.now()).toBeGreaterThan(3_600_000);
  expect(steps).toBeGreaterThan(2000);
  expect(timers).toBeLessThan(steps / 4);
});
