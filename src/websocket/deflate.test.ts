import { describe, expect, test } from "vitest";
import fc from "../testing/fast-check.ts";
import { concat, frame, utf8 } from "../testing/websocket-frames.ts";
import { Deflater, Inflater } from "./deflate.ts";
import { WebSocketProtocolError } from "./errors.ts";
import { MessageReader } from "./message-reader.ts";

const settings = (windowBits: number, takeover: boolean) => ({
  windowBits,
  takeover,
  level: 6,
  memoryLevel: 8,
});

function inflate(inflater: Inflater, compressed: Uint8Array, pieceBytes = 1000): Uint8Array {
  const parts: Uint8Array[] = [];
  const sink = (part: Uint8Array) => parts.push(part);
  for (let at = 0; at < compressed.length; at += pieceBytes) {
    inflater.push(compressed.subarray(at, at + pieceBytes), sink);
  }
  inflater.end(sink);
  return concat(...parts);
}

const equalBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

function readerWith(maxMessageBytes = 1_000_000) {
  const inflater = new Inflater({ windowBits: 15, takeover: true });
  return new MessageReader({ role: "client", maxFrameBytes: 1_000_000, maxMessageBytes, inflater });
}

const examples = [
  ["7.2.3.1 one block", [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]],
  ["7.2.3.3 a block without compression", [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00]],
  ["7.2.3.4 a final block", [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]],
  ["7.2.3.5 two blocks", [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00]],
] as const;

describe("permessage-deflate (RFC 7692 section 7.2)", () => {
  test.each(examples)("reads the example of %s", (_, payload) => {
    for (const piece of [1, 100]) {
      const inflater = new Inflater({ windowBits: 15, takeover: true });
      for (let i = 0; i < 3; i++)
        expect(inflate(inflater, new Uint8Array(payload), piece)).toEqual(utf8("Hello"));
    }
  });

  test("7.2.3.2: the second message is shorter where the window lives on", () => {
    const hello = utf8("Hello, Hello, portico");
    const deflater = new Deflater(settings(15, true));
    const first = deflater.deflate(hello).slice();
    const second = deflater.deflate(hello).slice();
    expect(second.length).toBeLessThan(first.length);
    const forgets = new Deflater(settings(15, false));
    expect(forgets.deflate(hello).slice()).toEqual(forgets.deflate(hello).slice());
    const inflater = new Inflater({ windowBits: 15, takeover: true });
    expect(inflate(inflater, first)).toEqual(hello);
    expect(inflate(inflater, second)).toEqual(hello);
  });

  test("a message may end DEFLATE in its middle, and the window lives on behind that", () => {
    const deflater = new Deflater(settings(15, true));
    const text = utf8("the quick brown fox jumps over the lazy dog, twice over");
    const inflater = new Inflater({ windowBits: 15, takeover: true });
    const first = deflater.deflate(text);
    const ended = new Uint8Array([0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]);
    expect(inflate(inflater, first)).toEqual(text);
    expect(inflate(inflater, ended)).toEqual(utf8("Hello"));
    const both = new Inflater({ windowBits: 15, takeover: true });
    expect(
      inflate(both, concat(ended.subarray(0, 7), new Uint8Array([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]))),
    ).toEqual(utf8("HelloHello"));
  });

  test("an empty message is one byte", () => {
    const deflater = new Deflater(settings(15, true));
    const inflater = new Inflater({ windowBits: 15, takeover: true });
    for (let i = 0; i < 3; i++) {
      expect(deflater.deflate(utf8(""))).toEqual(new Uint8Array([0]));
      expect(inflate(inflater, new Uint8Array([0]))).toEqual(utf8(""));
      expect(inflate(inflater, deflater.deflate(utf8("between")))).toEqual(utf8("between"));
    }
  });

  test("what was deflated inflates to the same, with every window, with and without take-over", () => {
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(3000)).map(([unit, times]) => repeated(unit, times)),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.integer({ min: 8, max: 15 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 5000 }),
        (messages, bits, takeover, piece) => {
          const deflater = new Deflater(settings(bits, takeover));
          const inflater = new Inflater({ windowBits: bits, takeover });
          for (const bytes of messages) {
            expect(equalBytes(inflate(inflater, deflater.deflate(bytes), piece), bytes)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("what is not DEFLATE is 1007", () => {
    const inflater = new Inflater({ windowBits: 15, takeover: true });
    const fault = expect.objectContaining({ code: "InvalidCompressedData", closeCode: 1007 });
    expect(() => inflate(inflater, new Uint8Array([0xff, 0xff, 0xff, 0xff]))).toThrow(fault);
  });

  test("a distance beyond the negotiated window is refused", () => {
    const random = crypto.getRandomValues(new Uint8Array(600));
    const deflater = new Deflater(settings(15, true));
    const inflater = new Inflater({ windowBits: 9, takeover: true });
    inflate(inflater, deflater.deflate(random));
    expect(() => inflate(inflater, deflater.deflate(random.slice(0, 60)))).toThrow(WebSocketProtocolError);
  });
});

function repeated(unit: Uint8Array, times: number): Uint8Array {
  const whole = new Uint8Array(unit.length * times);
  for (let i = 0; i < times; i++) whole.set(unit, i * unit.length);
  return whole;
}

describe("compressed messages in frames", () => {
  test("only the first frame says it, and fragments share one DEFLATE", () => {
    const compressed = new Deflater(settings(15, true)).deflate(utf8("Hello, Hello, Hello"));
    const reader = readerWith();
    reader.push(frame({ opcode: 1, rsv: 4, fin: false, payload: compressed.subarray(0, 5) }));
    reader.push(frame({ opcode: 9, payload: "ping" }));
    reader.push(frame({ opcode: 0, payload: compressed.subarray(5) }));
    reader.push(frame({ opcode: 1, payload: "not compressed" }));
    expect(reader.next()).toMatchObject({ type: "ping" });
    expect(reader.next()).toEqual({ type: "text", data: "Hello, Hello, Hello" });
    expect(reader.next()).toEqual({ type: "text", data: "not compressed" });
  });

  test.each([
    ["a continuation", concat(frame({ opcode: 1, fin: false }), frame({ opcode: 0, rsv: 4 }))],
    ["a control frame", frame({ opcode: 9, rsv: 4 })],
    ["RSV2", frame({ opcode: 1, rsv: 6 })],
  ])("refuses the bit on %s", (_, bytes) => {
    const reader = readerWith();
    reader.push(bytes);
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: "ReservedBits" }));
  });

  test("text is checked after it was inflated, as it streams", () => {
    const reader = readerWith();
    const compressed = new Deflater(settings(15, true)).deflate(
      new Uint8Array([0x61, 0xc0, ...new Uint8Array(100)]),
    );
    reader.push(frame({ opcode: 1, rsv: 4, fin: false, payload: compressed }));
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: "InvalidUtf8" }));
  });

  test("a bomb ends at the limit, not in memory", () => {
    const bomb = new Deflater(settings(15, true)).deflate(new Uint8Array(50_000_000));
    expect(bomb.length).toBeLessThan(60_000);
    const inflater = new Inflater({ windowBits: 15, takeover: true });
    let inflated = 0;
    const counting = {
      push: (piece: Uint8Array, sink: (part: Uint8Array) => void) =>
        inflater.push(piece, (part) => {
          inflated += part.length;
          sink(part);
        }),
      end: (sink: (part: Uint8Array) => void) => inflater.end(sink),
    };
    const reader = new MessageReader({
      role: "client",
      maxFrameBytes: 1e6,
      maxMessageBytes: 1e6,
      inflater: counting,
    });
    reader.push(frame({ opcode: 2, rsv: 4, payload: bomb }));
    expect(() => reader.next()).toThrow(
      expect.objectContaining({ code: "MessageTooLarge", closeCode: 1009 }),
    );
    expect(inflated).toBeLessThan(1e6 + 20_000);
  });
});
