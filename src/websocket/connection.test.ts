import { describe, expect, test, vi } from "vitest";
import { concat, masked } from "../testing/websocket-frames.ts";
import { pair, settled } from "../testing/websocket-pair.ts";
import { WebSocketConnection } from "./connection.ts";

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
