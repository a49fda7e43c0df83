import { expect, it } from "vitest";
import type { Socket } from "../../socket/index.ts";
import { WireClient } from "../wire-client.ts";
import { PIECE, sendUntilStalled, writeUntilFull } from "./flood.ts";
import { consumer, type Stage } from "./stage.ts";

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

  // A side that always had something to receive was never told that it may write again.
  for (const patient of ["near", "far"] as const) {
    const who = patient === "near" ? "the connecting side" : "the accepting side";

    it(`lets ${who} go on writing while the other one never stops`, async () => {
      const pair = await stage.pair();
      const [busy, other] = patient === "near" ? [pair.far, pair.near] : [pair.near, pair.far];
      const enough = 64 * PIECE;
      let received = 0;
      await new Promise<void>((resolve) => {
        const pump = (socket: Socket) => {
          while (received < enough && socket.write(new Uint8Array(PIECE)));
        };
        const onData = (bytes: Uint8Array) => {
          received += bytes.length;
          if (received >= enough) resolve();
        };
        busy.open(consumer({ onData, onDrain: () => pump(busy) }));
        other.open(consumer({ onDrain: () => pump(other) }));
        pump(busy);
        pump(other);
      });
      expect(received).toBeGreaterThanOrEqual(enough);
    });
  }

  it("lets the other direction flow while one is stalled", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    await sendUntilStalled(near, stage.stallBytes);
    await far.send("the other way");
    expect(await near.read(13)).toBe("the other way");
  });

  for (const when of ["before it was opened", "once it was opened"]) {
    it(`tells of no drain behind its own end, which came ${when}`, async () => {
      const { near, far } = await stage.pair();
      const peer = new WireClient(near);
      const early = when === "before it was opened";
      const opened = early ? undefined : new WireClient(far);
      const size = writeUntilFull(far, "x".repeat(100_000));
      if (early) await peer.read(size);
      if (early) await peer.quiet();
      far.end();
      const { events } = opened ?? new WireClient(far);
      await peer.readToEnd();
      await peer.quiet();
      expect(events).toEqual([]);
    });
  }

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
