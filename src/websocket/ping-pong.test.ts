import { describe, expect, test } from "vitest";
import { masked } from "../testing/websocket-frames.ts";
import { pair, settled } from "../testing/websocket-pair.ts";

describe("ping and pong (RFC 6455 sections 5.5.2 and 5.5.3)", () => {
  test("a ping is answered with its bytes, between fragments too", async () => {
    const { peer, frames, log } = await pair();
    await peer.send(masked({ opcode: 1, fin: false, payload: "a" }));
    await peer.send(masked({ opcode: 9, payload: "are you there" }));
    await peer.send(masked({ opcode: 0, payload: "b" }));
    await settled();
    expect(frames()).toEqual(["8a:are you there"]);
    expect(log[1]).toMatch(/^ping \[97 114/);
    expect(log[2]).toBe('message "ab"');
  });

  test("ping() and pong() send theirs, and a pong is an event", async () => {
    const { connection, peer, frames, log } = await pair();
    connection.ping("1");
    connection.pong(new Uint8Array([50]));
    await peer.send(masked({ opcode: 10, payload: "A" }));
    await settled();
    expect(frames()).toEqual(["89:1", "8a:2"]);
    expect(log).toEqual(["open", "pong [65]"]);
    expect(() => connection.ping(new Uint8Array(126))).toThrow(RangeError);
  });

  test("a peer that pings and does not read is answered once it reads, the last ping alone", async () => {
    const { connection, peer, frames } = await pair({ peerPaused: true, network: { highWaterMark: 1000 } });
    connection.send(new Uint8Array(5000));
    await settled();
    for (const payload of ["1", "2", "3"]) await peer.send(masked({ opcode: 9, payload }));
    await settled();
    peer.socket.resume();
    await settled();
    expect(frames().slice(1)).toEqual(["8a:3"]);
  });

  test("a quiet peer is pinged, and dropped when it stays quiet", async () => {
    const { peer, clock, frames, log } = await pair({ pingIntervalMs: 1000, pongTimeoutMs: 300 });
    await clock.advance(999);
    expect(frames()).toEqual([]);
    await clock.advance(1);
    expect(frames()).toEqual(["89:"]);
    await peer.send(masked({ opcode: 10 }));
    await clock.advance(1300);
    expect(frames()).toEqual(["89:", "89:"]);
    await clock.advance(300);
    expect(log.at(-1)).toBe('close 1006 "" unclean');
    expect(log.at(-2)).toContain("no byte for 300 ms");
    expect(peer.state).toBe("reset");
    expect(clock.pending).toBe(0);
  });

  test("a peer that talks is never pinged", async () => {
    const { peer, clock, frames } = await pair({ pingIntervalMs: 1000 });
    for (let i = 0; i < 5; i++) {
      await clock.advance(900);
      await peer.send(masked({ opcode: 10 }));
    }
    await settled();
    expect(frames()).toEqual([]);
  });
});
