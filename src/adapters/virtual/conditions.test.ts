import { describe, expect, it } from "vitest";
import { still } from "../../testing/still-network.ts";
import type { Conditions } from "./index.ts";

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

  it("lets a reset overtake what a slow line still carries", async () => {
    const { clock, connect } = still({ latencyMs: 20, bytesPerSecond: 1000, maxSegmentBytes: 10_000 });
    const { client, server } = await connect();
    client.socket.write(new Uint8Array(10_000));
    await clock.advance(1000);
    client.socket.destroy();
    await clock.advance(1000);
    expect(server.log).toEqual(["1020 close ECONNRESET"]);
    expect(clock.pending).toBe(0);
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

  it("of none comes before the first of them", async () => {
    const { clock, connect } = still({ toClient: { resetAfterBytes: 0 } });
    const { client, server } = await connect();
    server.socket.write("nothing of it");
    await clock.advance(0);
    expect([client.log, server.log]).toEqual([["0 close ECONNRESET"], ["0 close ECONNRESET"]]);
  });
});

it("a change holds from its moment for what a paused receiver has not taken, too", async () => {
  const { clock, network, connect } = still();
  const { client, server } = await connect();
  server.socket.pause();
  client.socket.write("hello");
  await clock.advance(10);
  network.conditions = { latencyMs: 100 };
  await clock.advance(30);
  server.socket.resume();
  await clock.advance(100);
  expect(server.log).toEqual(["110 data 5"]);
});
