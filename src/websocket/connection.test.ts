import { describe, expect, test, vi } from "vitest";
import { closePayload, concat, frame, KEY, type TestFrame } from "../testing/websocket-frames.ts";
import { pair, settled } from "../testing/websocket-pair.ts";
import { WebSocketConnection } from "./connection.ts";

const masked = (spec: TestFrame) => frame({ key: KEY, ...spec });

describe("messages", () => {
  test("arrive as events, and what is sent goes out as frames in order", async () => {
    const { connection, peer, log, frames } = await pair();
    await peer.send(
      concat(masked({ opcode: 1, payload: "hi" }), masked({ opcode: 2, payload: new Uint8Array([1, 2]) })),
    );
    await settled();
    expect(log).toEqual(["open", 'message "hi"', "message [1 2]"]);
    connection.send("text");
    connection.send(new Uint8Array([65, 66]).buffer);
    connection.send(new DataView(new Uint8Array([64, 65, 66, 67]).buffer, 1, 2));
    connection.send(new Blob(["blob"]));
    connection.send("after the blob");
    expect(connection.bufferedAmount).toBe(4 + 2 + 2 + 4 + 14);
    const sent = ["81:text", "82:AB", "82:AB", "82:blob", "81:after the blob"];
    await vi.waitFor(() => expect(frames()).toEqual(sent));
    expect(connection.bufferedAmount).toBe(0);
  });

  test("are blobs where binaryType says so", async () => {
    const { connection, peer, log } = await pair();
    connection.binaryType = "blob";
    connection.binaryType = "nonsense" as BinaryType;
    expect(connection.binaryType).toBe("blob");
    await peer.send(masked({ opcode: 2, payload: "12345" }));
    await settled();
    expect(log).toEqual(["open", "message blob of 5"]);
  });

  test("are views where binaryType says so, and buffers of exactly their size by default", async () => {
    const { connection, peer } = await pair({ silent: true });
    const seen: unknown[] = [];
    connection.onmessage = (event) => seen.push(event.data);
    const message = masked({ opcode: 2, payload: "12345" });
    await peer.send(concat(message, message));
    await settled();
    connection.binaryType = "uint8array";
    await peer.send(message);
    await settled();
    expect(seen.map((data) => data instanceof ArrayBuffer && data.byteLength)).toEqual([5, 5, false]);
    expect(seen[2]).toEqual(new Uint8Array([49, 50, 51, 52, 53]));
  });

  test("that came before there was a listener reach the first one", async () => {
    const { connection, peer } = await pair({ silent: true });
    await peer.send(masked({ opcode: 1, payload: "early" }));
    await settled();
    const seen: string[] = [];
    connection.onmessage = (event) => seen.push(event.data);
    connection.onopen = () => seen.push("open");
    expect(seen).toEqual([]);
    await peer.send(masked({ opcode: 1, payload: "late" }));
    await settled();
    expect(seen).toEqual(["open", "early", "late"]);
  });

  test("nobody reads stop the peer after a while, and go on with the first listener", async () => {
    const { connection, peer } = await pair({ silent: true, network: { highWaterMark: 4096 } });
    const message = masked({ opcode: 2, payload: new Uint8Array(10_000) });
    let sent = 0;
    const sending = (async () => {
      for (; sent < 40; sent++) await peer.send(message);
    })();
    await settled();
    expect(sent).toBeLessThan(12);
    let received = 0;
    connection.addEventListener("message", () => received++);
    await sending;
    await settled();
    expect(received).toBe(40);
  });

  test("many of one chunk are answered in one write", async () => {
    const { connection, peer } = await pair();
    connection.addEventListener("message", (event) => connection.send(event.data));
    await peer.send(concat(...Array.from({ length: 50 }, (_, i) => masked({ opcode: 1, payload: `${i}` }))));
    await settled();
    expect(peer.events.filter((event) => event.startsWith("data"))).toHaveLength(1);
  });
});

describe("event handler attributes", () => {
  test("are called with the connection as this, replaced in place, and taken away with null", async () => {
    const { connection, peer } = await pair({ silent: true });
    const calls: unknown[] = [];
    connection.onmessage = () => calls.push("never");
    connection.addEventListener("message", () => calls.push("listener"));
    connection.onmessage = function (this: unknown) {
      calls.push(this === connection);
    };
    await peer.send(masked({ opcode: 1, payload: "1" }));
    await settled();
    expect(calls).toEqual([true, "listener"]);
    connection.onmessage = null;
    expect(connection.onmessage).toBeNull();
    await peer.send(masked({ opcode: 1, payload: "2" }));
    await settled();
    expect(calls).toEqual([true, "listener", "listener"]);
  });
});

describe("iteration", () => {
  test("yields messages until the connection has closed", async () => {
    const { connection, peer } = await pair({ silent: true });
    await peer.send(
      concat(masked({ opcode: 1, payload: "a" }), masked({ opcode: 2, payload: "b" }), masked({ opcode: 8 })),
    );
    peer.end();
    const seen: unknown[] = [];
    for await (const message of connection)
      seen.push(typeof message === "string" ? message : new Uint8Array(message as ArrayBuffer));
    expect(seen).toEqual(["a", new Uint8Array([98])]);
    expect(await connection.closed).toEqual({ code: 1005, reason: "", wasClean: true });
    for await (const message of connection) seen.push(message);
    expect(seen).toHaveLength(2);
  });

  test("that is slow stops the peer", async () => {
    const { connection, peer } = await pair({ silent: true, network: { highWaterMark: 4096 } });
    const message = masked({ opcode: 2, payload: new Uint8Array(10_000) });
    let sent = 0;
    const sending = (async () => {
      for (; sent < 40; sent++) await peer.send(message);
      await peer.send(masked({ opcode: 8 }));
      peer.end();
    })();
    const iterator = connection[Symbol.asyncIterator]();
    await iterator.next();
    await settled();
    expect(sent).toBeLessThan(14);
    let received = 1;
    for await (const _ of { [Symbol.asyncIterator]: () => iterator }) received++;
    await sending;
    expect(received).toBe(40);
  });

  test("can be left and taken up again, and nothing is lost between", async () => {
    const { connection, peer } = await pair({ silent: true });
    await peer.send(concat(...["a", "b", "c"].map((payload) => masked({ opcode: 1, payload }))));
    await settled();
    const seen: unknown[] = [];
    for await (const message of connection) {
      seen.push(message);
      break;
    }
    await peer.send(concat(masked({ opcode: 1, payload: "d" }), masked({ opcode: 8 })));
    await settled();
    for await (const message of connection) {
      seen.push(message);
      if (message === "d") break;
    }
    expect(seen).toEqual(["a", "b", "c", "d"]);
  });

  test("serves several loops and listeners at once", async () => {
    const { connection, peer, log } = await pair();
    const loop = async () => {
      const seen: unknown[] = [];
      for await (const message of connection) seen.push(message);
      return seen;
    };
    const loops = [loop(), loop()];
    await peer.send(concat(masked({ opcode: 1, payload: "a" }), masked({ opcode: 8 })));
    peer.end();
    expect(await Promise.all(loops)).toEqual([["a"], ["a"]]);
    expect(log).toEqual(["open", 'message "a"', 'close 1005 "" clean']);
  });
});

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

describe("the closing handshake (RFC 6455 section 7)", () => {
  test("begun by the peer: its code and reason are sent back and the transport ends", async () => {
    const { connection, peer, frames, log } = await pair();
    await peer.send(masked({ opcode: 8, payload: closePayload(3001, "bye") }));
    await settled();
    expect(frames()).toEqual(["88:3001bye"]);
    expect(connection.readyState).toBe(WebSocketConnection.CLOSING);
    expect(peer.state).toBe("half-closed");
    peer.end();
    await settled();
    expect(log).toEqual(["open", 'close 3001 "bye" clean']);
    expect(connection.readyState).toBe(WebSocketConnection.CLOSED);
    expect(await connection.closed).toEqual({ code: 3001, reason: "bye", wasClean: true });
  });

  test("begun here: messages that were sent go first, and later ones of the peer are dropped", async () => {
    const { connection, peer, frames, log, clock } = await pair();
    connection.send("last");
    connection.close(1001, "going");
    connection.close(1000, "again");
    connection.send("too late");
    expect(connection.readyState).toBe(WebSocketConnection.CLOSING);
    await settled();
    expect(frames()).toEqual(["81:last", "88:1001going"]);
    await peer.send(
      concat(
        masked({ opcode: 1, payload: "crossed" }),
        masked({ opcode: 9 }),
        masked({ opcode: 8, payload: closePayload(1001) }),
      ),
    );
    await settled();
    peer.end();
    await settled();
    expect(frames()).toHaveLength(2);
    expect(log).toEqual(["open", expect.stringContaining("ping"), 'close 1001 "" clean']);
    expect(connection.bufferedAmount).toBe(8);
    expect(clock.pending).toBe(0);
  });

  test("an empty close is answered with an empty one", async () => {
    const { peer, frames, log } = await pair();
    await peer.send(masked({ opcode: 8 }));
    peer.end();
    await settled();
    expect(frames()).toEqual(["88:"]);
    expect(log.at(-1)).toBe('close 1005 "" clean');
  });

  test("close() without a code sends none", async () => {
    const { connection, frames } = await pair();
    connection.close();
    await settled();
    expect(frames()).toEqual(["88:"]);
  });

  test("waits for a blob that is being read", async () => {
    const { connection, frames } = await pair();
    connection.send(new Blob(["blob"]));
    connection.close(1000);
    // A platform reads a blob in its own time.
    await vi.waitFor(() => expect(frames()).toEqual(["82:blob", "88:1000"]));
  });

  test("a peer that does not answer is dropped in time", async () => {
    const { connection, peer, clock, log } = await pair({ closeTimeoutMs: 500 });
    connection.close(1000);
    await clock.advance(499);
    expect(peer.state).toBe("open");
    await clock.advance(1);
    await settled();
    expect(peer.state).toBe("reset");
    expect(log.at(-1)).toBe('close 1006 "" unclean');
  });

  test("a peer that answers and then holds the transport open is dropped in time, cleanly", async () => {
    const { peer, clock, log } = await pair({ closeTimeoutMs: 500 });
    await peer.send(masked({ opcode: 8, payload: closePayload(1000) }));
    await clock.advance(500);
    await settled();
    expect(log.at(-1)).toBe('close 1000 "" clean');
  });

  test("a client leaves the transport's end to the server", async () => {
    const { connection, peer, frames, log } = await pair({ role: "client" });
    connection.close(1000);
    await peer.send(frame({ opcode: 8, payload: closePayload(1000) }));
    await settled();
    expect(peer.state).toBe("open");
    peer.end();
    await settled();
    expect(frames()).toEqual(["88:1000"]);
    expect(log.at(-1)).toBe('close 1000 "" clean');
    expect(peer.state).toBe("closed");
  });

  test("without a close frame it is 1006, by an end, a reset, or terminate()", async () => {
    const ended = await pair();
    ended.peer.end();
    await settled();
    expect(ended.log).toEqual(["open", 'close 1006 "" unclean']);
    const reset = await pair();
    reset.peer.destroy();
    await settled();
    expect(reset.log).toEqual(["open", "error ECONNRESET", 'close 1006 "" unclean']);
    const terminated = await pair();
    terminated.connection.terminate();
    await settled();
    expect(terminated.log).toEqual(["open", 'close 1006 "" unclean']);
    expect(terminated.peer.state).toBe("reset");
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, Number.NaN])("close(%i) throws", async (code) => {
    const { connection } = await pair();
    expect(() => connection.close(code)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
    expect(connection.readyState).toBe(WebSocketConnection.OPEN);
  });

  test("a client may close with 1000 and 3000 to 4999 alone, a server with every code of the wire", async () => {
    const client = await pair({ role: "client" });
    for (const code of [1001, 1011]) expect(() => client.connection.close(code)).toThrow(DOMException);
    const server = await pair();
    server.connection.close(1011, "x".repeat(123));
    await settled();
    expect(server.frames()).toEqual([`88:1011${"x".repeat(123)}`]);
    const other = await pair();
    expect(() => other.connection.close(1000, "é".repeat(62))).toThrow(
      expect.objectContaining({ name: "SyntaxError" }),
    );
  });
});

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

describe("back-pressure of send", () => {
  test("bufferedAmount grows while the peer does not read, and drained() waits for it", async () => {
    const { connection, peer } = await pair({ peerPaused: true, network: { highWaterMark: 1000 } });
    await connection.drained();
    connection.send(new Uint8Array(3000));
    await settled();
    connection.send("x".repeat(500));
    await settled();
    expect(connection.bufferedAmount).toBe(3500);
    let drained = false;
    const waiting = connection.drained().then(() => {
      drained = true;
    });
    await settled();
    expect(drained).toBe(false);
    peer.socket.resume();
    await waiting;
    expect(connection.bufferedAmount).toBe(0);
  });

  test("drained() rejects when the connection goes away", async () => {
    const { connection, peer } = await pair({ peerPaused: true, network: { highWaterMark: 1000 } });
    connection.send(new Uint8Array(3000));
    await settled();
    const waiting = connection.drained();
    peer.destroy();
    await expect(waiting).rejects.toMatchObject({ name: "InvalidStateError" });
    await expect(connection.drained()).rejects.toMatchObject({ name: "InvalidStateError" });
  });
});

test("a connection without a socket is connecting, and can't send", () => {
  const connection = new WebSocketConnection();
  expect(connection.readyState).toBe(WebSocketConnection.CONNECTING);
  expect(() => connection.send("x")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
});
