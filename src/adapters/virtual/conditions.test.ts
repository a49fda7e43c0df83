import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Socket } from "../../socket/index.ts";
import { FakeClock, WireClient } from "../../testing/index.ts";
import { type Conditions, VirtualNetwork, type VirtualNetworkOptions } from "./index.ts";

/** What a socket's consumer is told, each with the time since the connection was made. */
class Recorder {
  readonly socket: Socket;
  readonly log: string[] = [];
  readonly sizes: number[] = [];
  readonly bytes: number[] = [];
  onDrain = () => {};

  constructor(socket: Socket, clock: FakeClock) {
    this.socket = socket;
    const start = clock.now();
    const note = (what: string) => this.log.push(`${clock.now() - start} ${what}`);
    socket.open({
      onData: (bytes) => {
        this.sizes.push(bytes.length);
        this.bytes.push(...bytes);
        note(`data ${bytes.length}`);
      },
      onEnd: () => note("end"),
      onDrain: () => {
        note("drain");
        this.onDrain();
      },
      onClose: (error) => note(error && "code" in error ? `close ${error.code}` : "close"),
    });
  }

  get total(): number {
    return this.sizes.reduce((sum, size) => sum + size, 0);
  }
}

/** A network whose time stands still. */
function still(options: VirtualNetworkOptions = {}) {
  const clock = new FakeClock(0);
  const network = new VirtualNetwork({ ...options, clock });
  /** A connection to a port of it, made while the weather was fine. */
  const connect = async (port = 80) => {
    const { conditions } = network;
    network.conditions = {};
    const listener = await network.listen({ port });
    const client = await network.connect({ host: "localhost", port });
    const server = await listener.accept();
    network.conditions = conditions;
    return { client: new Recorder(client, clock), server: new Recorder(server, clock) };
  };
  return { clock, network, connect };
}

describe("latency", () => {
  it("makes a connection take two ways, and is accepted after one", async () => {
    const { clock, network } = still({ latencyMs: 20 });
    const listener = await network.listen({ port: 80 });
    const at: Record<string, number> = {};
    const start = clock.now();
    void network.connect({ host: "localhost", port: 80 }).then(() => {
      at.connected = clock.now() - start;
    });
    void listener.accept().then(() => {
      at.accepted = clock.now() - start;
    });
    await clock.advance(100);
    expect(at).toEqual({ connected: 40, accepted: 20 });
  });

  it("holds bytes, ends and resets for one way", async () => {
    const { clock, connect } = still({ latencyMs: 20 });
    const { client, server } = await connect();
    client.socket.write("hello");
    await clock.advance(5);
    client.socket.write("again");
    client.socket.end();
    await clock.advance(100);
    server.socket.destroy();
    await clock.advance(100);
    expect(server.log).toEqual(["20 data 5", "25 data 5", "25 end", "105 close"]);
    expect(client.log).toEqual(["125 close ECONNRESET"]);
  });

  it("with jitter keeps the order, the same way for the same seed only", async () => {
    const run = async (seed: number) => {
      const { clock, connect } = still({ latencyMs: 10, jitterMs: 50, seed });
      const { client, server } = await connect();
      for (let size = 1; size <= 20; size++) {
        client.socket.write("x".repeat(size));
        await clock.advance(3);
      }
      await clock.advance(200);
      expect(server.sizes).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
      return server.log;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });
});

describe("bandwidth", () => {
  it("takes the time that the bytes take", async () => {
    const { clock, connect } = still({ bytesPerSecond: 1000, maxSegmentBytes: 500 });
    const { client, server } = await connect();
    client.socket.write(new Uint8Array(2000));
    client.socket.end();
    await clock.advance(10_000);
    expect(server.log).toEqual([
      "500 data 500",
      "1000 data 500",
      "1500 data 500",
      "2000 data 500",
      "2000 end",
    ]);
  });

  it("is each direction's and each connection's own", async () => {
    const { clock, connect } = still({ bytesPerSecond: 1000, maxSegmentBytes: 1000 });
    const one = await connect(81);
    const other = await connect(82);
    for (const { socket } of [one.client, one.server, other.client, other.server]) {
      socket.write(new Uint8Array(1000));
    }
    await clock.advance(1000);
    for (const end of [one.client, one.server, other.client, other.server]) expect(end.total).toBe(1000);
  });

  it("makes back-pressure: a sender is told to wait while the line is slow", async () => {
    const { clock, connect } = still({
      bytesPerSecond: 1000,
      maxSegmentBytes: 100,
      highWaterMark: 1000,
    });
    const { client, server } = await connect();
    expect(client.socket.write(new Uint8Array(1000))).toBe(true);
    expect(client.socket.write(new Uint8Array(100))).toBe(false);
    await clock.advance(500);
    expect(client.log).toEqual([]);
    await clock.advance(100);
    expect(client.log).toEqual(["600 drain"]);
    expect(server.total).toBe(600);
  });
});

describe("segments", () => {
  it("of one byte come one by one, each a buffer of its own, without a timer", async () => {
    const { clock, connect } = still({ maxSegmentBytes: 1 });
    const { client, server } = await connect();
    client.socket.write("one by one");
    await clock.advance(0);
    expect(server.log).toEqual(Array(10).fill("0 data 1"));
    expect(clock.pending).toBe(0);
  });

  it("of random sizes are the same for the same seed only", async () => {
    const run = async (seed: number) => {
      const { clock, connect } = still({ randomSegments: true, maxSegmentBytes: 100, seed });
      const { client, server } = await connect();
      client.socket.write(new Uint8Array(2000));
      await clock.advance(0);
      expect(server.total).toBe(2000);
      expect(Math.max(...server.sizes)).toBeLessThanOrEqual(100);
      return server.sizes;
    };
    expect(await run(5)).toEqual(await run(5));
    expect(await run(5)).not.toEqual(await run(6));
  });

  it("of one connection do not depend on what another does", async () => {
    const run = async (busy: boolean) => {
      const { clock, connect } = still({ randomSegments: true, seed: 9 });
      const first = await connect(81);
      const second = await connect(82);
      if (busy) first.client.socket.write(new Uint8Array(50_000));
      second.client.socket.write(new Uint8Array(50_000));
      await clock.advance(0);
      return second.server.sizes;
    };
    expect(await run(false)).toEqual(await run(true));
  });
});

describe("a stall", () => {
  const sent = async (conditions: Conditions) => {
    const { clock, connect } = still(conditions);
    const { client, server } = await connect();
    client.socket.write(new Uint8Array(1000));
    client.socket.end();
    await clock.advance(60_000);
    return server;
  };

  it("after so many bytes lasts as long as it says", async () => {
    const server = await sent({ stall: { afterBytes: 300, forMs: 5000 } });
    expect(server.log).toEqual(["0 data 300", "5000 data 700", "5000 end"]);
  });

  it("repeats when it says so", async () => {
    const server = await sent({ stall: { afterBytes: 300, forMs: 1000, repeat: true } });
    expect(server.log).toEqual(["0 data 300", "1000 data 300", "2000 data 300", "3000 data 100", "3000 end"]);
  });

  it("comes back every so often when it is one of time", async () => {
    const { clock, connect } = still({ stall: { everyMs: 1000, forMs: 400 } });
    const { client, server } = await connect();
    for (let i = 0; i < 8; i++) {
      client.socket.write("x");
      await clock.advance(250);
    }
    await clock.advance(1000);
    const at = server.log.map((entry) => Number.parseInt(entry, 10));
    expect(at).toEqual([0, 250, 500, 1000, 1000, 1250, 1500, 2000]);
  });

  it("without an end ends when the conditions change, and not before", async () => {
    const { clock, network, connect } = still({ stall: { afterBytes: 3 } });
    const { client, server } = await connect();
    client.socket.write("abcdef");
    client.socket.end();
    await clock.advance(3_600_000);
    expect(server.log).toEqual(["0 data 3"]);
    network.conditions = {};
    await clock.advance(0);
    expect(server.log).toEqual(["0 data 3", "3600000 data 3", "3600000 end"]);
  });
});

describe("a reset after so many bytes", () => {
  it("delivers exactly those, and both ends see ECONNRESET", async () => {
    const { clock, network, connect } = still({ toServer: { resetAfterBytes: 5 } });
    const { client, server } = await connect();
    server.socket.write("more than five bytes");
    await clock.advance(0);
    client.socket.write("abc");
    client.socket.write("defgh");
    await clock.advance(1);
    expect(server.total).toBe(5);
    expect(server.log.at(-1)).toBe("0 close ECONNRESET");
    expect(client.log).toEqual(["0 data 20", "0 close ECONNRESET"]);
    expect(network.descriptors().active).toBe(1);
  });
});

describe("a port", () => {
  it("that is refused is ECONNREFUSED though somebody listens", async () => {
    const { network } = still({ ports: { 80: { refuse: true } } });
    await network.listen({ port: 80 });
    await expect(network.connect({ host: "localhost", port: 80 })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  it("that is a black hole never answers, until the time is over", async () => {
    const { clock, network } = still({ blackHole: true, connectTimeoutMs: 30_000 });
    await network.listen({ port: 80 });
    let outcome: unknown = "waiting";
    network.connect({ host: "localhost", port: 80 }).catch((error) => {
      outcome = error.code;
    });
    await clock.advance(29_999);
    expect(outcome).toBe("waiting");
    await clock.advance(1);
    expect(outcome).toBe("ETIMEDOUT");
    expect(network.descriptors().active).toBe(1);
  });

  it("that is a black hole lets go of who aborts", async () => {
    const { clock, network } = still({ blackHole: true, connectTimeoutMs: 0 });
    const controller = new AbortController();
    const connecting = network.connect({ host: "localhost", port: 80, signal: controller.signal });
    const outcome = expect(connecting).rejects.toThrow("enough");
    await clock.advance(86_400_000);
    controller.abort(new Error("enough"));
    await outcome;
    expect([clock.pending, network.descriptors().active]).toEqual([0, 0]);
  });

  it("that is slow to accept lets the client send meanwhile", async () => {
    const { clock, network } = still({ acceptDelayMs: 700 });
    const listener = await network.listen({ port: 80 });
    const client = await network.connect({ host: "localhost", port: 80 });
    client.write("early");
    let accepted: Socket | undefined;
    void listener.accept().then((socket) => {
      accepted = socket;
    });
    await clock.advance(699);
    expect(accepted).toBeUndefined();
    await clock.advance(1);
    const server = new WireClient(accepted as Socket);
    expect(await server.read(5)).toBe("early");
  });

  it("can have conditions of its own, and each direction too", async () => {
    const { clock, connect } = still({
      toClient: { latencyMs: 100 },
      ports: { 81: { latencyMs: 10 }, 82: { latencyMs: 10, toServer: { latencyMs: 1 } } },
    });
    const times = async (port: number) => {
      const { client, server } = await connect(port);
      client.socket.write("x");
      server.socket.write("x");
      await clock.advance(1000);
      return [server.log[0], client.log[0]];
    };
    expect(await times(80)).toEqual(["0 data 1", "100 data 1"]);
    expect(await times(81)).toEqual(["10 data 1", "10 data 1"]);
    expect(await times(82)).toEqual(["1 data 1", "10 data 1"]);
  });
});

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
    expect(set({ latencyMs: -1 })).toThrow(
      new RangeError("latencyMs must be a number of at least 0, got -1"),
    );
    expect(set({ ports: { 80: { toClient: { stall: { afterBytes: Number.NaN } } } } })).toThrow(RangeError);
    expect(() => new VirtualNetwork({ jitterMs: Number.NaN })).toThrow(RangeError);
    for (const name of ["latencyMs", "maxSockets", "highWaterMark", "connectTimeoutMs"]) {
      for (const value of [-1, Number.NaN, "5"])
        expect(() => new VirtualNetwork({ [name]: value }), name).toThrow(RangeError);
    }
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
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
