import { describe, expect, test } from "vitest";
import fc from "../testing/fast-check.ts";
import { closePayload, concat, frame, KEY, masked, utf8 } from "../testing/websocket-frames.ts";
import { byteByByte, bytes, equalBytes, read, readAnyhow, readerOf } from "../testing/websocket-reading.ts";

describe("frames (RFC 6455 section 5.2)", () => {
  test("reads the examples of section 5.7", () => {
    expect(readAnyhow(frame({ opcode: 1, payload: "Hello" }), "client")).toEqual([
      { type: "text", data: "Hello" },
    ]);
    const masked = new Uint8Array([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    expect(readAnyhow(masked)).toEqual([{ type: "text", data: "Hello" }]);
    const fragmented = new Uint8Array([0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]);
    expect(readAnyhow(fragmented, "client")).toEqual([{ type: "text", data: "Hello" }]);
    const ping = new Uint8Array([0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
    expect(readAnyhow(ping, "client")).toEqual([{ type: "ping", data: utf8("Hello") }]);
  });

  test.each([0, 1, 47, 48, 49, 125, 126, 127, 511, 512, 4097])(
    "reads a binary message of %i bytes, masked and unmasked",
    (length) => {
      const data = bytes(length);
      expect(readAnyhow(masked({ opcode: 2, payload: data }))).toEqual([{ type: "binary", data }]);
      expect(readAnyhow(frame({ opcode: 2, payload: data }), "client")).toEqual([{ type: "binary", data }]);
    },
  );

  test.each([65_535, 65_536, 90_001])("reads %i bytes from chunks of any size", (length) => {
    const data = bytes(length);
    const stream = masked({ opcode: 2, payload: data });
    for (const size of [1, 7, 600, 40_000, stream.length]) {
      const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
        stream.subarray(i * size, (i + 1) * size),
      );
      const [message, ...rest] = read(readerOf("server"), chunks);
      if (message === undefined || !("type" in message) || message.type !== "binary")
        expect.fail("no message");
      expect(rest).toEqual([]);
      expect(equalBytes(message.data, data)).toBe(true);
    }
  });

  test("reads frames that follow each other in one chunk, in order", () => {
    const stream = concat(
      masked({ opcode: 1, payload: "a" }),
      masked({ opcode: 2, payload: bytes(2) }),
      masked({ opcode: 9 }),
      masked({ opcode: 1 }),
    );
    expect(readAnyhow(stream)).toEqual([
      { type: "text", data: "a" },
      { type: "binary", data: bytes(2) },
      { type: "ping", data: bytes(0) },
      { type: "text", data: "" },
    ]);
  });

  test("keeps a byte order mark in text", () => {
    expect(readAnyhow(masked({ opcode: 1, payload: "\ufeffx" }))).toEqual([
      { type: "text", data: "\ufeffx" },
    ]);
  });

  test("keeps chunks that are pushed before the earlier ones were read", () => {
    const reader = readerOf("server");
    for (const byte of byteByByte(masked({ opcode: 1, payload: "late" }))) reader.push(byte.slice());
    expect(reader.next()).toEqual({ type: "text", data: "late" });
    expect(reader.next()).toBeUndefined();
  });
});

describe("fragmentation (RFC 6455 section 5.4)", () => {
  test("joins fragments, empty ones too, and lets control frames in between", () => {
    const stream = concat(
      masked({ opcode: 1, fin: false }),
      masked({ opcode: 0, fin: false, payload: "Hel" }),
      masked({ opcode: 9, payload: "between" }),
      masked({ opcode: 0, fin: false }),
      masked({ opcode: 10 }),
      masked({ opcode: 0, payload: "lo" }),
      masked({ opcode: 2, payload: bytes(1) }),
    );
    expect(readAnyhow(stream)).toEqual([
      { type: "ping", data: utf8("between") },
      { type: "pong", data: bytes(0) },
      { type: "text", data: "Hello" },
      { type: "binary", data: bytes(1) },
    ]);
  });

  test("reads whatever way a message is cut into frames and the frames into chunks", () => {
    const message = fc.oneof(
      fc.string({ unit: "binary", maxLength: 3000 }),
      fc.uint8Array({ maxLength: 3000 }),
    );
    const cuts = fc.array(fc.nat(3000), { maxLength: 6 });
    fc.assert(
      fc.property(message, cuts, cuts, fc.boolean(), (data, frameCuts, chunkCuts, masked) => {
        const payload = typeof data === "string" ? utf8(data) : data;
        const pieces = cut(payload, frameCuts);
        const frames = pieces.map((piece, i) =>
          frame({
            opcode: i > 0 ? 0 : typeof data === "string" ? 1 : 2,
            fin: i === pieces.length - 1,
            payload: piece,
            key: masked ? KEY : undefined,
          }),
        );
        const outcome = read(readerOf(masked ? "server" : "client"), cut(concat(...frames), chunkCuts));
        // A lone surrogate can't be sent; TextEncoder replaces it.
        const type = typeof data === "string" ? "text" : "binary";
        expect(outcome).toEqual([
          {
            type,
            data: type === "text" ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload) : payload,
          },
        ]);
      }),
    );
  });
});

function cut(whole: Uint8Array, at: readonly number[]): Uint8Array[] {
  const edges = [0, ...at.filter((edge) => edge < whole.length).sort((a, b) => a - b), whole.length];
  return edges.slice(1).map((edge, i) => whole.subarray(edges[i], edge));
}

test("any bytes at all end in messages or a fault, the same however they are cut", () => {
  const spec = fc.record({
    fin: fc.boolean(),
    rsv: fc.constantFrom(0, 0, 0, 0, 4, 1),
    opcode: fc.constantFrom(0, 0, 1, 1, 2, 8, 9, 10, 3, 15),
    payload: fc.uint8Array({ maxLength: 140 }),
    key: fc.constantFrom(KEY, KEY, KEY, undefined),
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(spec, { maxLength: 6 }).map((specs) => concat(...specs.map((each) => frame(each)))),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(800), { maxLength: 5 }), (stream, cuts) => {
      const whole = read(readerOf("server"), [stream]);
      expect(read(readerOf("server"), cut(stream, cuts))).toEqual(whole);
      expect(read(readerOf("server"), byteByByte(stream))).toEqual(whole);
    }),
    { numRuns: 400 },
  );
});

describe("close frames (RFC 6455 section 5.5.1)", () => {
  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    "takes code %i",
    (code) => {
      const stream = masked({ opcode: 8, payload: closePayload(code, "bye ☃") });
      expect(readAnyhow(stream)).toEqual([{ type: "close", code, reason: "bye ☃" }]);
    },
  );

  test("an empty one means 1005", () => {
    expect(readAnyhow(masked({ opcode: 8 }))).toEqual([{ type: "close", code: 1005, reason: "" }]);
  });
});
