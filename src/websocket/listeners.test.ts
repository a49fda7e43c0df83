import { describe, expect, test } from "vitest";
import { closePayload, concat, frame, KEY } from "../testing/websocket-frames.ts";
import { pair, settled } from "../testing/websocket-pair.ts";
import { parseExtensions } from "./extension-header.ts";

const text = (payload: string) => frame({ opcode: 1, payload, key: KEY });
const CLOSE = frame({ opcode: 8, payload: closePayload(1000), key: KEY });

describe("messages of one chunk", () => {
  test("behind the peer's close frame are nobody's (RFC 6455 section 5.5.1)", async () => {
    const { peer, log } = await pair();
    await peer.send(concat(text("before"), CLOSE, text("after"), frame({ opcode: 3, key: KEY })));
    peer.end();
    await settled();
    expect(log).toEqual(["open", 'message "before"', 'close 1000 "" clean']);
  });

  test.each(["close", "terminate"] as const)("behind a listener's %s() do not reach it", async (leave) => {
    const { connection, peer, log } = await pair();
    connection.addEventListener("message", () => connection[leave]());
    await peer.send(concat(text("one"), text("two"), text("three")));
    await settled();
    expect(log.filter((line) => line.startsWith("message"))).toEqual(['message "one"']);
  });

  test("come one by one where a listener pings, sends and listens anew in between", async () => {
    const { connection, peer, log, frames } = await pair();
    let heard = 0;
    connection.addEventListener("message", () => {
      connection.send(`got ${++heard}`);
      connection.ping("p");
    });
    await peer.send(concat(text("one"), text("two")));
    await settled();
    expect(log.filter((line) => line.startsWith("message"))).toEqual(['message "one"', 'message "two"']);
    expect(frames()).toEqual(["81:got 1", "89:p", "81:got 2", "89:p"]);
  });
});

describe("what can be sent", () => {
  test("is the part of memory that a view shows, any kind of buffer, and the text of everything else", async () => {
    const { connection, frames } = await pair();
    const memory = new Uint8Array([0x61, 0x62, 0x63, 0x64, 0x65, 0x66]).buffer;
    connection.send(memory);
    connection.send(new Uint8Array(memory, 1, 2));
    connection.send(new DataView(memory, 2, 3));
    connection.send(new Uint16Array(memory, 2, 2));
    connection.send(5 as unknown as string);
    connection.send("");
    connection.send(new Uint8Array(0));
    await settled();
    expect(frames()).toEqual(["82:abcdef", "82:bc", "82:cde", "82:cdef", "81:5", "81:", "82:"]);
  });

  test("is nothing once the connection closes, and is counted as the platform does", async () => {
    const { connection, frames } = await pair();
    connection.close(1000);
    connection.send("late");
    connection.send(new Uint8Array(3));
    connection.ping();
    await settled();
    expect(frames()).toEqual(["88:1000"]);
    expect(connection.bufferedAmount).toBe(7);
  });
});

test("an extension or parameter may be called what every object has", () => {
  for (const name of ["__proto__", "hasOwnProperty", "constructor", "toString"]) {
    expect(parseExtensions(`${name}; ${name}=1; ${name}`)).toEqual([
      {
        name,
        parameters: [
          [name, "1"],
          [name, true],
        ],
      },
    ]);
  }
});
