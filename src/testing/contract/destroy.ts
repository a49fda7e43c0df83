import { expect, it } from "vitest";
import { NetworkError, type Socket } from "../../socket/index.ts";
import { settled } from "../turn.ts";
import { WireClient } from "../wire-client.ts";
import { sendUntilStalled, writeUntilFull } from "./flood.ts";
import { order, type Stage } from "./stage.ts";

export function destroyCases(stage: Stage): void {
  outcomeCases(stage);
  momentCases(stage);
  queueCases(stage);
}

function outcomeCases(stage: Stage): void {
  for (const destroyer of ["near", "far"] as const) {
    const who = destroyer === "near" ? "the connecting side" : "the accepting side";

    stage.needs("reset", `tells the peer ECONNRESET when ${who} destroys`, async () => {
      const pair = await stage.wire();
      const other = destroyer === "near" ? pair.far : pair.near;
      pair[destroyer].destroy();
      expect(await pair[destroyer].closed()).toBe("closed");
      expect(await other.closed()).toBe("reset");
      expect(other.error).toBeInstanceOf(NetworkError);
      expect(order(other)).toEqual(["close"]);
    });
  }

  it("closes without an error when destroyed without one", async () => {
    const { near } = await stage.wire();
    near.destroy();
    await near.closed();
    expect([near.events, near.error]).toEqual([["close"], undefined]);
  });

  it("hands the error to its own onClose", async () => {
    const { near } = await stage.wire();
    const reason = new Error("enough");
    near.socket.destroy(reason);
    await near.closed();
    expect(near.error).toBe(reason);
  });

  it("hands the error to its own onClose when destroyed inside onEnd, though it had ended, too", async () => {
    const { near, far } = await stage.pair();
    const reason = new Error("enough");
    const told = new Promise<Error | undefined>((resolve) => {
      far.open({ onData() {}, onEnd: () => far.destroy(reason), onDrain() {}, onClose: resolve });
    });
    far.end();
    await settled();
    const peer = new WireClient(near);
    peer.end();
    expect(await told).toBe(reason);
    await peer.closed();
  });

  it("closes once when destroyed twice, with the first error", async () => {
    const { near } = await stage.wire();
    const first = new Error("first");
    near.socket.destroy(first);
    near.socket.destroy(new Error("second"));
    await near.closed();
    await settled();
    expect([near.events, near.error]).toEqual([["close Error"], first]);
  });

  stage.needs("reset", "tells ECONNRESET to a writer whose peer ended first and then reset", async () => {
    const { near, far } = await stage.wire();
    near.end();
    await far.readToEnd();
    await settled();
    near.destroy();
    await near.closed();
    await far.send("into the void", "bytes");
    await far.waitFor(({ state }) => state === "reset");
  });

  it("lets what was written arrive when it ended first and was then destroyed", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    near.socket.write("whole");
    near.end();
    await settled();
    near.destroy();
    expect(await near.closed()).toBe("closed");
    await settled();
    far.socket.resume();
    await far.waitFor(({ text }) => text === "whole");
  });

  it("takes writes after the peer was destroyed without throwing, and closes once", async () => {
    const { near, far } = await stage.wire();
    near.destroy();
    await near.closed();
    for (let i = 0; i < 10; i++) {
      far.socket.write("into the void");
      await settled();
    }
    await far.closed();
    expect(far.socket.write("later still")).toBe(false);
    await settled();
    expect(far.events.filter((event) => event.startsWith("close"))).toHaveLength(1);
  });
}

/** Where the accepting side calls `destroy`; the connecting side sent 100 bytes and an end. */
const moments: Record<string, (socket: Socket, closed: (error?: Error) => void, log: string[]) => void> = {
  "before open": (socket, closed, log) => {
    socket.destroy();
    open(socket, closed, log, {});
  },
  "right after open": (socket, closed, log) => {
    open(socket, closed, log, {});
    socket.destroy();
  },
  "inside onData": (socket, closed, log) => open(socket, closed, log, { onData: () => socket.destroy() }),
  "inside onEnd": (socket, closed, log) => open(socket, closed, log, { onEnd: () => socket.destroy() }),
  "inside onClose": (socket, closed, log) => {
    open(socket, closed, log, { onEnd: () => socket.end(), onClose: () => socket.destroy() });
  },
  "right after end": (socket, closed, log) => {
    open(socket, closed, log, {});
    socket.end();
    socket.destroy();
  },
  "a turn after end": (socket, closed, log) => {
    open(socket, closed, log, {});
    socket.pause();
    socket.end();
    void settled().then(() => socket.destroy());
  },
  "after end in the turn in which what was written left": (socket, closed, log) => {
    open(socket, closed, log, { onDrain: () => socket.end() });
    socket.pause();
    writeUntilFull(socket, "x".repeat(1000));
    socket.end();
    queueMicrotask(() => socket.destroy());
  },
  "while paused": (socket, closed, log) => {
    open(socket, closed, log, {});
    socket.pause();
    void settled().then(() => socket.destroy());
  },
};

type Hook = () => void;

function open(
  socket: Socket,
  closed: (error?: Error) => void,
  log: string[],
  hooks: { onData?: Hook; onEnd?: Hook; onDrain?: Hook; onClose?: Hook },
): void {
  const told = (event: string, hook?: Hook) => {
    log.push(event);
    hook?.();
  };
  socket.open({
    onData: () => told("data", hooks.onData),
    onEnd: () => told("end", hooks.onEnd),
    onDrain: () => told("drain", hooks.onDrain),
    onClose: (error) => {
      told("close", hooks.onClose);
      closed(error);
    },
  });
}

function momentCases(stage: Stage): void {
  for (const [moment, destroy] of Object.entries(moments)) {
    it(`closes once, last and without an error when destroyed ${moment}`, async () => {
      const { near, far } = await stage.pair();
      const peer = new WireClient(near);
      await peer.send("x".repeat(100));
      peer.end();
      await settled();
      const log: string[] = [];
      const error = await new Promise<Error | undefined>((resolve) => destroy(far, resolve, log));
      await settled();
      expect(error).toBeUndefined();
      expect(log.filter((event) => event === "close")).toHaveLength(1);
      expect(log.at(-1)).toBe("close");
      if (moment === "before open") expect(log).toEqual(["close"]);
      await peer.closed();
      expect(peer.events.filter((event) => event.startsWith("close"))).toHaveLength(1);
    });
  }
}

function queueCases(stage: Stage): void {
  it("delivers nothing more once destroyed, though data is waiting", async () => {
    const { near, far } = await stage.pair();
    const log: string[] = [];
    const closed = new Promise<void>((resolve) => {
      open(far, () => resolve(), log, { onData: () => far.destroy() });
    });
    far.pause();
    const peer = new WireClient(near);
    await peer.send("piece by piece", "bytes");
    peer.end();
    await settled();
    far.resume();
    await closed;
    await settled();
    expect(log).toEqual(["data", "close"]);
  });

  it("delivers nothing into a pause, whatever the peer's reset brings", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    near.socket.write("which nobody wants yet");
    await settled();
    near.destroy();
    await near.closed();
    await settled();
    expect(order(far).filter((event) => event !== "close")).toEqual([]);
    far.socket.resume();
    await far.closed();
  });

  stage.needs("reset", "never lets the peer take a cut-off transfer for a whole one", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    await sendUntilStalled(near, stage.stallBytes);
    near.end();
    await settled();
    near.destroy();
    await near.closed();
    far.socket.resume();
    expect(await far.closed()).toBe("reset");
    expect(order(far)).not.toContain("end");
  });

  stage.needs("reset", "never shows an end to a writer whose peer resets after it sent", async () => {
    const { near, far } = await stage.wire({ paused: "near" });
    await sendUntilStalled(far, stage.stallBytes);
    near.socket.write("cut o");
    near.destroy();
    expect(await far.closed()).toBe("reset");
    expect(order(far)).not.toContain("end");
  });

  it("drops what is queued when destroyed", async () => {
    const { near, far } = await stage.wire({ paused: "far" });
    const taken = await sendUntilStalled(near, stage.stallBytes);
    near.destroy();
    await near.closed();
    far.socket.resume();
    await far.closed();
    expect(far.bytes.length).toBeLessThan(taken);
  });
}
