import { expect, it } from "vitest";
import { settled } from "../turn.ts";
import { WireClient } from "../wire-client.ts";
import { writeUntilFull } from "./flood.ts";
import { consumer, order, type Stage } from "./stage.ts";

export function eventCases(stage: Stage): void {
  orderCases(stage);
  pauseCases(stage);
}

function orderCases(stage: Stage): void {
  it("delivers the data, then the end, then the close, without an error", async () => {
    const { near, far } = await stage.wire();
    await near.send("abc");
    near.end();
    expect(await far.readToEnd()).toBe("abc");
    expect([near.state, far.state]).toEqual(["open", "half-closed"]);
    far.end();
    expect([await near.closed(), await far.closed()]).toEqual(["closed", "closed"]);
    await settled();
    expect([order(near), order(far)]).toEqual([
      ["end", "close"],
      ["data", "end", "close"],
    ]);
  });

  it("loses nothing that came before open", async () => {
    const { near, far } = await stage.pair();
    const talker = new WireClient(near);
    await talker.send("early ", "bytes");
    talker.end();
    await talker.quiet();
    const late = new WireClient(far);
    expect(await late.readToEnd()).toBe("early ");
    expect(order(late)).toEqual(["data", "end"]);
  });

  for (const side of ["near", "far"] as const) {
    const who = side === "near" ? "the connecting side" : "the accepting side";

    it(`loses neither an end nor a drain that came before ${who} opened`, async () => {
      const sockets = await stage.pair();
      const size = writeUntilFull(sockets[side], "x".repeat(100_000));
      const peer = new WireClient(side === "near" ? sockets.far : sockets.near);
      await peer.read(size);
      peer.end();
      await peer.quiet();
      const late = new WireClient(sockets[side]);
      await late.readToEnd();
      await late.waitFor(({ events }) => events.includes("drain"));
      expect(order(late)).toEqual(["end"]);
    });
  }

  it("sends what was written before open", async () => {
    const { near, far } = await stage.pair();
    near.write("first ");
    near.write("second");
    near.end();
    expect(await new WireClient(far).readToEnd()).toBe("first second");
  });

  it("throws a TypeError when it is opened twice, and the first consumer stays", async () => {
    const { near, far } = await stage.wire();
    expect(() => far.socket.open(consumer({}))).toThrow(TypeError);
    await near.send("still here");
    expect(await far.read(10)).toBe("still here");
  });

  it("does nothing more after the close", async () => {
    const { near, far } = await stage.wire();
    near.end();
    far.end();
    await Promise.all([near.closed(), far.closed()]);
    const { socket, events } = near;
    const before = events.length;
    expect(socket.write("too late")).toBe(false);
    socket.pause();
    socket.resume();
    socket.end();
    socket.destroy(new Error("too late"));
    await settled();
    expect(events.slice(before)).toEqual([]);
  });
}

function pauseCases(stage: Stage): void {
  it("delivers neither data nor the end while paused, and both after resume", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    await near.send("held");
    near.end();
    await far.quiet();
    far.socket.resume();
    expect(await far.readToEnd()).toBe("held");
  });

  it("holds the end back while paused when all data was delivered before", async () => {
    const { near, far } = await stage.wire();
    await near.send("all");
    await far.read(3);
    far.socket.pause();
    near.end();
    await far.quiet();
    far.socket.resume();
    expect(await far.readToEnd()).toBe("");
    expect(order(far)).toEqual(["data", "end"]);
  });

  it("holds the close back behind the end when both sides ended during a pause", async () => {
    const { near, far } = await stage.wire();
    await near.send("all");
    await far.read(3);
    far.socket.pause();
    near.end();
    far.end();
    await far.quiet();
    far.socket.resume();
    await far.closed();
    expect(order(far)).toEqual(["data", "end", "close"]);
  });

  it("stops within the data when onData pauses, and goes on where it stopped", async () => {
    const { near, far } = await stage.pair();
    const got: number[] = [];
    const whole = 1_000_000;
    far.open(
      consumer({
        onData(bytes) {
          got.push(bytes.length);
          far.pause();
        },
      }),
    );
    near.write(new Uint8Array(whole));
    while (got.reduce((sum, length) => sum + length, 0) < whole) {
      const before = got.length;
      await settled();
      expect(got.length - before).toBeLessThanOrEqual(1);
      far.resume();
      await settled();
    }
  });

  for (const side of ["near", "far"] as const) {
    it(`keeps a pause that came before ${side === "near" ? "the connecting" : "the accepting"} side opened`, async () => {
      const ends = await stage.wire({ paused: side });
      const [paused, peer] = side === "near" ? [ends.near, ends.far] : [ends.far, ends.near];
      await peer.send("x");
      await paused.quiet();
      paused.socket.resume();
      expect(await paused.read(1)).toBe("x");
    });
  }

  it("takes pause and resume any number of times", async () => {
    const { near, far } = await stage.wire();
    for (let i = 0; i < 3; i++) far.socket.pause();
    far.socket.resume();
    far.socket.resume();
    await near.send("x");
    expect(await far.read(1)).toBe("x");
  });
}
