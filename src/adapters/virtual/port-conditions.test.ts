import { describe, expect, it } from "vitest";
import { still } from "../../testing/still-network.ts";
import { settled } from "../../testing/turn.ts";

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

  // The signal was not heard between two of its steps, and the connection held its descriptor for two minutes.
  it.each([{}, { latencyMs: 10 }, { blackHole: true }, { refuse: true, latencyMs: 10 }])(
    "hears who aborts at any moment, and keeps nothing of it: %o",
    async (conditions) => {
      const { clock, network } = still();
      const listener = await network.listen({ port: 80, backlog: 1 });
      const first = await network.connect({ host: "localhost", port: 80 }); // the backlog is full
      network.conditions = conditions;
      for (let moment = 0; moment < 30; moment++) {
        const controller = new AbortController();
        const connecting = network.connect({ host: "localhost", port: 80, signal: controller.signal });
        const outcome = connecting.catch((error) => error);
        for (let hop = 0; hop < Math.min(moment, 15); hop++) await undefined;
        if (moment > 15) await clock.advance(moment - 15);
        controller.abort();
        expect(await Promise.race([outcome, settled()]), `moment ${moment}`).toBeInstanceOf(Error);
        expect([clock.pending, network.descriptors().active]).toEqual([0, 2]);
      }
      first.destroy();
      await listener.close();
      expect(network.descriptors().active).toBe(0);
    },
  );

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
