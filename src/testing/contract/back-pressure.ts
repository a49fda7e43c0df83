import { expect, it } from "vitest";
import { PIECE, sendUntilStalled } from "./flood.ts";
import type { Stage } from "./stage.ts";

export function backPressureCases(stage: Stage): void {
  it("returns false above the high-water mark, and onDrain follows when the queue has left", async () => {
    const { near, far } = await stage.wire();
    let written = 0;
    for (; written < 1024 * PIECE; written += PIECE) {
      if (!near.socket.write(new Uint8Array(PIECE))) break;
    }
    expect(written).toBeLessThan(1024 * PIECE);
    await near.waitFor(({ events }) => events.includes("drain"));
    expect(await far.read(written + PIECE)).toHaveLength(written + PIECE);
  });

  for (const sender of ["near", "far"] as const) {
    const who = sender === "near" ? "the connecting side" : "the accepting side";

    it(`stalls ${who} as a sender while the receiver is paused, and loses nothing`, async () => {
      const receiver = sender === "near" ? "far" : "near";
      const pair = await stage.wire({ paused: receiver });
      const [from, to] = [pair[sender], pair[receiver]];
      const taken = await sendUntilStalled(from, stage.stallBytes);
      expect(taken).toBeLessThan(stage.stallBytes);
      expect(to.events).toEqual([]);
      to.socket.resume();
      await from.waitFor(({ events }) => events.at(-1) === "drain");
      from.end();
      await to.waitFor(({ state }) => state === "half-closed");
      expect(to.bytes.length).toBe(taken);
      expect(firstWrong(to.bytes)).toBe(-1);
    });
  }

  it("tells how many bytes were taken, where it tells that at all", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    if (near.socket.bytesTaken === undefined) return;
    const written = await sendUntilStalled(near, stage.stallBytes);
    const taken = near.socket.bytesTaken;
    expect(taken).toBeLessThan(written);
    far.socket.resume();
    await near.waitFor(({ events }) => events.at(-1) === "drain");
    await far.read(written);
    expect(near.socket.bytesTaken).toBeGreaterThan(taken);
    expect(near.socket.bytesTaken).toBeLessThanOrEqual(written);
  });

  it("lets the other direction flow while one is stalled", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    await sendUntilStalled(near, stage.stallBytes);
    await far.send("the other way");
    expect(await near.read(13)).toBe("the other way");
  });

  it("does not write into onDrain when nothing was refused", async () => {
    const { near, far } = await stage.wire();
    expect(near.socket.write("small")).toBe(true);
    await far.read(5);
    await near.quiet(5);
    expect(near.events).toEqual([]);
  });
}

function firstWrong(bytes: Uint8Array): number {
  return bytes.findIndex((byte, at) => byte !== Math.floor(at / PIECE) % 251);
}
