import { describe, expect, test } from "vitest";
import { closePayload, concat, frame, masked } from "../testing/websocket-frames.ts";
import { pair, settled } from "../testing/websocket-pair.ts";
import { WebSocketConnection } from "./connection.ts";

describe("a peer that breaks the protocol", () => {
  const rows: [string, Uint8Array, number][] = [
    ["InvalidOpcode", masked({ opcode: 3 }), 1002],
    ["MissingMask", frame({ opcode: 1, payload: "x" }), 1002],
    ["ReservedBits", masked({ opcode: 1, rsv: 4 }), 1002],
    ["ControlFrameTooLong", masked({ opcode: 9, payload: new Uint8Array(126) }), 1002],
    ["InvalidCloseCode", masked({ opcode: 8, payload: closePayload(1005) }), 1002],
    ["InvalidClosePayload", masked({ opcode: 8, payload: "x" }), 1002],
    ["InvalidUtf8", masked({ opcode: 1, payload: new Uint8Array([0xff]) }), 1007],
    [
      "MessageTooLarge",
      concat(
        masked({ opcode: 2, fin: false, payload: new Uint8Array(900) }),
        masked({ opcode: 0, payload: new Uint8Array(101) }),
      ),
      1009,
    ],
    ["FrameTooLarge", masked({ opcode: 2, length: 5000 }), 1009],
  ];

  test.each(rows)(
    "%s: is told the code, the application hears of it, and nothing else comes through",
    async (code, bytes, closeCode) => {
      for (const pace of ["whole", "bytes"] as const) {
        const { peer, frames, log, clock, connection } = await pair({ maxMessageBytes: 1000 });
        await peer.send(
          concat(masked({ opcode: 1, payload: "before" }), bytes, masked({ opcode: 1, payload: "after" })),
          pace,
        );
        await settled();
        expect(frames()).toEqual([`88:${closeCode}`]);
        expect(log).toEqual(["open", 'message "before"', `error ${code}`]);
        expect(peer.state).toBe("half-closed");
        peer.end();
        await settled();
        expect(log.at(-1)).toBe('close 1006 "" unclean');
        expect(clock.pending).toBe(0);
        expect(connection.readyState).toBe(WebSocketConnection.CLOSED);
      }
    },
  );

  test("and then goes on for ever is dropped in time", async () => {
    const { peer, clock, log } = await pair({ closeTimeoutMs: 500 });
    await peer.send(masked({ opcode: 3 }));
    await peer.send(new Uint8Array(100_000));
    await clock.advance(500);
    await settled();
    expect(peer.state).toBe("reset");
    expect(log.at(-1)).toBe('close 1006 "" unclean');
  });
});
