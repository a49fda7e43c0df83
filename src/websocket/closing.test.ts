import { describe, expect, test, vi } from "vitest";
import { closePayload, concat, frame, masked } from "../testing/websocket-frames.ts";
import { pair, settled } from "../testing/websocket-pair.ts";
import { WebSocketConnection } from "./connection.ts";

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
