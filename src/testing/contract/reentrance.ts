import { expect, it } from "vitest";
import type { Socket, SocketEvents } from "../../socket/index.ts";
import { settled } from "../turn.ts";
import { WireClient } from "../wire-client.ts";
import { writeUntilFull } from "./flood.ts";
import type { Stage } from "./stage.ts";

/** Rule 2: events are never delivered from inside a call. A consumer may call anything from anywhere. */
export function reentranceCases(stage: Stage): void {
  it("never delivers an event from inside a call", async () => {
    const { near, far } = await stage.pair();
    const peer = new WireClient(near);
    await peer.send("x".repeat(1000));
    peer.end();
    await peer.quiet();
    const seen: string[] = [];
    const watched = outsideOnly(far, seen);
    await new Promise<void>((closed) =>
      watched.open({
        onData() {
          watched.pause();
          watched.resume();
          writeUntilFull(watched, "y".repeat(100_000));
        },
        onEnd() {
          watched.pause();
          watched.resume();
        },
        onDrain: () => watched.destroy(),
        onClose: () => closed(),
      }),
    );
    expect(seen).toEqual([]);
  });

  it("does not deliver an end that a pause held back from inside resume", async () => {
    const { near, far } = await stage.pair();
    const peer = new WireClient(near);
    const seen: string[] = [];
    const watched = outsideOnly(far, seen);
    const server = new WireClient(watched);
    await peer.send("all");
    await server.read(3);
    watched.pause();
    peer.end();
    server.end();
    await server.quiet();
    watched.resume();
    expect(await server.closed()).toBe("closed");
    expect(seen).toEqual([]);
  });

  it("does not deliver a close that came before open from inside open", async () => {
    const { far } = await stage.pair();
    far.destroy();
    await settled();
    const seen: string[] = [];
    const server = new WireClient(outsideOnly(far, seen));
    expect(await server.closed()).toBe("closed");
    expect([server.events, seen]).toEqual([["close"], []]);
  });
}

/** The socket, with a note in `seen` of every event that is delivered during a call. */
function outsideOnly(socket: Socket, seen: string[]): Socket {
  let inside = "";
  const during = <T>(call: string, run: () => T): T => {
    const before = inside;
    inside = call;
    try {
      return run();
    } finally {
      inside = before;
    }
  };
  const delivered = (event: string) => {
    if (inside !== "") seen.push(`${event} during ${inside}`);
  };
  const watch = (events: SocketEvents): SocketEvents => ({
    onData(bytes) {
      delivered("onData");
      events.onData(bytes);
    },
    onEnd() {
      delivered("onEnd");
      events.onEnd();
    },
    onDrain() {
      delivered("onDrain");
      events.onDrain();
    },
    onClose(error) {
      delivered("onClose");
      events.onClose(error);
    },
  });
  return {
    localAddress: socket.localAddress,
    remoteAddress: socket.remoteAddress,
    open: (events) => during("open", () => socket.open(watch(events))),
    pause: () => during("pause", () => socket.pause()),
    resume: () => during("resume", () => socket.resume()),
    write: (data) => during("write", () => socket.write(data)),
    end: () => during("end", () => socket.end()),
    destroy: (error) => during("destroy", () => socket.destroy(error)),
  };
}
