import { describe, expect, it } from "vitest";
import fc from "../../testing/fast-check.ts";
import { still } from "../../testing/still-network.ts";
import { type Conditions, VirtualNetwork } from "./index.ts";

describe("changing conditions", () => {
  it("hold for what is under way, in its order, as though it left now", async () => {
    const { clock, network, connect } = still({ latencyMs: 1000 });
    const { client, server } = await connect();
    client.socket.write("slow");
    await clock.advance(500);
    network.conditions = { latencyMs: 10 };
    client.socket.write("quicker");
    await clock.advance(100);
    network.conditions = {};
    client.socket.write("!");
    await clock.advance(0);
    expect(server.log).toEqual(["510 data 4", "510 data 7", "600 data 1"]);
  });
});

describe("conditions that make no sense", () => {
  it("are refused by name, and the ones before stay", () => {
    const { network } = still({ latencyMs: 5 });
    const set = (conditions: Conditions) => () => {
      network.conditions = conditions;
    };
    expect(set({ latencyMs: -1 })).toThrow(new RangeError("latencyMs must be at least 0, got -1"));
    expect(set({ ports: { 80: { toClient: { stall: { afterBytes: Number.NaN } } } } })).toThrow(RangeError);
    expect(() => new VirtualNetwork({ jitterMs: Number.NaN })).toThrow(RangeError);
    for (const name of ["latencyMs", "maxSockets", "highWaterMark", "connectTimeoutMs"]) {
      for (const value of [-1, Number.NaN, "5"])
        expect(() => new VirtualNetwork({ [name]: value }), name).toThrow(RangeError);
    }
    expect(() => new VirtualNetwork({ seed: Number.NaN })).toThrow(RangeError);
    expect(new VirtualNetwork({ seed: -1 })).toBeDefined();
    expect(network.conditions).toEqual({ latencyMs: 5 });
  });
});

describe("any weather at all", () => {
  const flow = fc.record(
    {
      latencyMs: fc.nat(50),
      jitterMs: fc.nat(50),
      bytesPerSecond: fc.integer({ min: 1000, max: 1_000_000 }),
      maxSegmentBytes: fc.integer({ min: 100, max: 1500 }),
      randomSegments: fc.boolean(),
      stall: fc.oneof(
        fc.record({
          afterBytes: fc.integer({ min: 200, max: 5000 }),
          forMs: fc.nat(500),
          repeat: fc.boolean(),
        }),
        fc.record({ everyMs: fc.integer({ min: 10, max: 500 }), forMs: fc.nat(500) }),
      ),
    },
    { requiredKeys: [] },
  );

  it("loses, doubles and reorders nothing, and comes to an end", async () => {
    await fc.assert(
      fc.asyncProperty(
        flow,
        flow,
        fc.array(fc.nat(1000), { maxLength: 8 }), // each segment is a timer, and in a page those take milliseconds
        fc.nat(),
        async (first, second, writes, seed) => {
          const { clock, network, connect } = still({ toServer: first, seed });
          const { client, server } = await connect();
          let sent = 0;
          for (const size of writes) {
            client.socket.write(Uint8Array.from({ length: size }, () => sent++ % 251));
            await clock.advance(20);
          }
          client.socket.end();
          network.conditions = { toServer: second };
          const ended = () => server.log.some((entry) => entry.endsWith("end"));
          for (let second = 0; second < 120 && !ended(); second++) await clock.advance(1000);
          await clock.advance(1000);
          expect(server.total).toBe(sent);
          expect(server.bytes.every((byte, at) => byte === at % 251)).toBe(true);
          expect(server.log.filter((entry) => entry.endsWith("end"))).toHaveLength(1);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("an hour of slow network", () => {
  it("takes a test no time, and arrives at the second it should", async () => {
    const started = performance.now();
    const { clock, connect } = still({
      latencyMs: 300,
      bytesPerSecond: 100,
      maxSegmentBytes: 1460,
    });
    const { client, server } = await connect();
    let left = 360_000;
    const feed = () => {
      while (left > 0) {
        left -= 10_000;
        if (!client.socket.write(new Uint8Array(10_000))) return;
      }
      client.socket.end();
    };
    client.onDrain = feed;
    feed();
    await clock.advance(3_600_000 + 299);
    expect(server.log.at(-1)).not.toContain("end");
    await clock.advance(1);
    expect(server.log.at(-1)).toBe("3600300 end");
    expect(server.total).toBe(360_000);
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});
