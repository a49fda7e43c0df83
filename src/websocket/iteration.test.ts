import { describe, expect, test } from "vitest";
import { concat, masked } from "../testing/websocket-frames.ts";
import { pair, settled } from "../testing/websocket-pair.ts";

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

  for (const { peer: kind, bytes, most, messages } of [
    {
      peer: "the peer",
      bytes: [masked({ opcode: 2, payload: new Uint8Array(10_000) })],
      most: 14,
      messages: 40,
    },
    {
      peer: "a peer who sends nothing but empty messages",
      bytes: Array.from({ length: 600 }, () => masked({ opcode: 2, payload: "" })),
      most: 8,
      messages: 24_000,
    },
  ])
    test(`that is slow stops ${kind}`, async () => {
      const { connection, peer } = await pair({ silent: true, network: { highWaterMark: 4096 } });
      const some = concat(...bytes);
      let sent = 0;
      const sending = (async () => {
        for (; sent < 40; sent++) await peer.send(some);
        await peer.send(masked({ opcode: 8 }));
        peer.end();
      })();
      const iterator = connection[Symbol.asyncIterator]();
      await iterator.next();
      await settled();
      expect(sent).toBeLessThan(most);
      let received = 1;
      for await (const _ of { [Symbol.asyncIterator]: () => iterator }) received++;
      await sending;
      expect(received).toBe(messages);
    });

  test("that is slow loses nothing of what the peer sent before it went", async () => {
    const { connection, peer } = await pair({ silent: true });
    const iterator = connection[Symbol.asyncIterator]();
    const many = concat(
      ...Array.from({ length: 1500 }, () => masked({ opcode: 2, payload: new Uint8Array(100) })),
    );
    await peer.send(concat(many, masked({ opcode: 8 })));
    peer.end();
    let received = 0;
    for await (const _ of { [Symbol.asyncIterator]: () => iterator })
      if (++received % 50 === 0) await settled();
    expect(received).toBe(1500);
    expect(await connection.closed).toEqual({ code: 1005, reason: "", wasClean: true });
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

  test("that is left while it was slow stops the peer no longer than until another has taken what waited", async () => {
    const { connection, peer } = await pair({ silent: true, network: { highWaterMark: 4096 } });
    const message = masked({ opcode: 2, payload: new Uint8Array(10_000) });
    let sent = 0;
    const sending = (async () => {
      for (; sent < 40; sent++) await peer.send(message);
      await peer.send(masked({ opcode: 8 }));
      peer.end();
    })();
    let received = 0;
    for await (const _ of connection) {
      received++;
      await settled(); // in which more comes than may wait
      break;
    }
    expect(sent).toBeLessThan(14);
    for await (const _ of connection) received++;
    await sending;
    expect(received).toBe(40);
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
