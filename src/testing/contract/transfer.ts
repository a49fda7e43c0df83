import { expect, it } from "vitest";
import { noise, sha256, toLatin1 } from "../bytes.ts";
import type { WireClient } from "../wire-client.ts";
import type { Stage } from "./stage.ts";

export function transferCases(stage: Stage): void {
  bulkCases(stage);
  encodingCases(stage);
  ownershipCases(stage);
}

function bulkCases(stage: Stage): void {
  it("carries 10 MB in both directions at once, exact to the byte", async () => {
    const { near, far } = await stage.wire();
    const there = noise(10_000_000, 1);
    const back = noise(10_000_000, 2);
    await Promise.all([sendAll(near, there), sendAll(far, back)]);
    expect(await Promise.all([near.closed(long), far.closed(long)])).toEqual(["closed", "closed"]);
    expect(await Promise.all([sha256(far.bytes), sha256(near.bytes)])).toEqual(
      await Promise.all([sha256(there), sha256(back)]),
    );
  });

  it("keeps many small writes in order", async () => {
    const { near, far } = await stage.wire();
    let sent = "";
    for (let i = 0; i < 5000; i++) {
      const line = `${i}\n`;
      near.socket.write(i % 3 === 0 ? new TextEncoder().encode(line) : line);
      sent += line;
    }
    near.end();
    expect(await far.readToEnd()).toBe(sent);
  });

  it("carries single bytes, every value of them", async () => {
    const { near, far } = await stage.wire();
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    await near.send(bytes, "bytes");
    expect(await far.read(256)).toBe(toLatin1(bytes));
  });

  it("takes an answer after every byte", async () => {
    const { near, far } = await stage.wire();
    for (const letter of "ping pong, ping pong") {
      near.socket.write(letter);
      expect(await far.read(1)).toBe(letter);
      far.socket.write(letter);
      expect(await near.read(1)).toBe(letter);
    }
  });

  it("never delivers an empty piece for an empty write", async () => {
    const { near, far } = await stage.wire();
    expect(near.socket.write("")).toBe(true);
    expect(near.socket.write(new Uint8Array())).toBe(true);
    near.socket.write("x");
    await far.read(1);
    expect(far.events).toEqual(["data 1"]);
  });
}

function encodingCases(stage: Stage): void {
  it("sends strings as UTF-8, in order with bytes", async () => {
    const { near, far } = await stage.wire();
    near.socket.write("é, €, ");
    near.socket.write(Uint8Array.of(0xff, 0x00));
    near.socket.write("😀");
    near.socket.write("\ud800");
    near.end();
    await far.readToEnd();
    const utf8 = new TextEncoder();
    expect([...far.bytes]).toEqual([...utf8.encode("é, €, "), 0xff, 0x00, ...utf8.encode("😀\ufffd")]);
  });

  it("sends the bytes of a view, not those of its buffer", async () => {
    const { near, far } = await stage.wire();
    const around = new TextEncoder().encode("before|inside|after");
    near.socket.write(around.subarray(7, 13));
    near.end();
    expect(await far.readToEnd()).toBe("inside");
  });
}

function ownershipCases(stage: Stage): void {
  it("gives the receiver plain bytes of its own", async () => {
    const { near, far } = await stage.pair();
    const sent = new TextEncoder().encode("mine and yours ".repeat(10_000));
    const before = sent.slice();
    const pieces: { piece: Uint8Array; copy: Uint8Array }[] = [];
    let got = 0;
    const all = new Promise<void>((resolve) => {
      far.open({
        onData(piece) {
          pieces.push({ piece, copy: Uint8Array.from(piece) });
          got += piece.length;
          if (got === sent.length) resolve();
        },
        onEnd() {},
        onDrain() {},
        onClose() {},
      });
    });
    near.write(sent.subarray(0, 50_000));
    near.write(sent.subarray(50_000));
    await all;
    for (const { piece, copy } of pieces) {
      const isPlain = Object.getPrototypeOf(piece) === Uint8Array.prototype;
      expect(isPlain, "onData gets a Uint8Array, and no subclass of it such as Node's Buffer").toBe(true);
      expect(firstDifference(piece, copy)).toBe(-1); // what came later did not overwrite it
      piece.fill(0);
    }
    expect(firstDifference(sent, before)).toBe(-1); // what the receiver wrote did not reach the sender
  });
}

const long = { withinMs: 10_000 };

async function sendAll(from: WireClient, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    await from.send(bytes.subarray(at, at + 65_536), "whole", long);
  }
  from.end();
}

function firstDifference(one: Uint8Array, other: Uint8Array): number {
  return one.findIndex((byte, at) => byte !== other[at]);
}
