import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closePayload, concat, frame, KEY, type TestFrame, utf8 } from "../testing/websocket-frames.ts";
import { WebSocketProtocolError } from "./errors.ts";
import { type Incoming, MessageReader } from "./message-reader.ts";

const LIMIT = 100_000;

function readerOf(role: "server" | "client", limits: { frame?: number; message?: number } = {}) {
  return new MessageReader({
    role,
    maxFrameBytes: limits.frame ?? LIMIT,
    maxMessageBytes: limits.message ?? LIMIT,
  });
}

type Outcome = (Incoming | { fault: string; closeCode: number })[];

/** Everything that a reader says about the chunks. */
function read(reader: MessageReader, chunks: readonly Uint8Array[]): Outcome {
  const outcome: Outcome = [];
  try {
    for (const chunk of chunks) {
      reader.push(chunk.slice());
      for (let next = reader.next(); next !== undefined; next = reader.next()) outcome.push(next);
    }
  } catch (error) {
    if (!(error instanceof WebSocketProtocolError)) throw error;
    outcome.push({ fault: error.code, closeCode: error.closeCode });
  }
  return outcome;
}

const byteByByte = (bytes: Uint8Array) => Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));

/** The same bytes whole, byte by byte, at an odd offset in two halves: the outcome has to be one. */
function readAnyhow(bytes: Uint8Array, role: "server" | "client" = "server", limits = {}): Outcome {
  const whole = read(readerOf(role, limits), [bytes]);
  expect(read(readerOf(role, limits), byteByByte(bytes))).toEqual(whole);
  const half = (bytes.length >> 1) | 1;
  expect(read(readerOf(role, limits), [bytes.subarray(0, half), bytes.subarray(half)])).toEqual(whole);
  return whole;
}

const fromClient = (spec: TestFrame) => frame({ key: KEY, ...spec });
const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);

/** Deep equality of large typed arrays takes a second. */
const equalBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

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
      expect(readAnyhow(fromClient({ opcode: 2, payload: data }))).toEqual([{ type: "binary", data }]);
      expect(readAnyhow(frame({ opcode: 2, payload: data }), "client")).toEqual([{ type: "binary", data }]);
    },
  );

  test.each([65_535, 65_536, 90_001])("reads %i bytes from chunks of any size", (length) => {
    const data = bytes(length);
    const stream = fromClient({ opcode: 2, payload: data });
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
      fromClient({ opcode: 1, payload: "a" }),
      fromClient({ opcode: 2, payload: bytes(2) }),
      fromClient({ opcode: 9 }),
      fromClient({ opcode: 1 }),
    );
    expect(readAnyhow(stream)).toEqual([
      { type: "text", data: "a" },
      { type: "binary", data: bytes(2) },
      { type: "ping", data: bytes(0) },
      { type: "text", data: "" },
    ]);
  });

  test("keeps a byte order mark in text", () => {
    expect(readAnyhow(fromClient({ opcode: 1, payload: "\ufeffx" }))).toEqual([
      { type: "text", data: "\ufeffx" },
    ]);
  });

  test("keeps chunks that are pushed before the earlier ones were read", () => {
    const reader = readerOf("server");
    for (const byte of byteByByte(fromClient({ opcode: 1, payload: "late" }))) reader.push(byte.slice());
    expect(reader.next()).toEqual({ type: "text", data: "late" });
    expect(reader.next()).toBeUndefined();
  });
});

describe("fragmentation (RFC 6455 section 5.4)", () => {
  test("joins fragments, empty ones too, and lets control frames in between", () => {
    const stream = concat(
      fromClient({ opcode: 1, fin: false }),
      fromClient({ opcode: 0, fin: false, payload: "Hel" }),
      fromClient({ opcode: 9, payload: "between" }),
      fromClient({ opcode: 0, fin: false }),
      fromClient({ opcode: 10 }),
      fromClient({ opcode: 0, payload: "lo" }),
      fromClient({ opcode: 2, payload: bytes(1) }),
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

const TEXT_BEGUN = { opcode: 1, fin: false, payload: "a" };
const unmasked = (spec: TestFrame) => frame(spec);

describe("faults", () => {
  // Each row: the rule, the bytes, the fault, its close code, and who reads.
  const rows: [string, Uint8Array, string, number, ("server" | "client")?][] = [
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Uint8Array, string, number] => [
      `5.2: opcode ${opcode} is reserved`,
      fromClient({ opcode, payload: "x" }),
      "InvalidOpcode",
      1002,
    ]),
    ...[1, 2, 4].map((rsv): [string, Uint8Array, string, number] => [
      `5.2: reserved bits ${rsv} without an extension`,
      fromClient({ opcode: 1, rsv, payload: "x" }),
      "ReservedBits",
      1002,
    ]),
    ["5.2: reserved bits of a control frame", fromClient({ opcode: 9, rsv: 4 }), "ReservedBits", 1002],
    ["5.1: unmasked from a client", unmasked({ opcode: 1, payload: "x" }), "MissingMask", 1002],
    ["5.1: an unmasked control frame from a client", unmasked({ opcode: 9 }), "MissingMask", 1002],
    ["5.1: masked from a server", fromClient({ opcode: 1, payload: "x" }), "UnexpectedMask", 1002, "client"],
    ["5.5: a ping of 126 bytes", fromClient({ opcode: 9, payload: bytes(126) }), "ControlFrameTooLong", 1002],
    [
      "5.5: a close frame with a 64-bit length",
      fromClient({ opcode: 8, payload: bytes(2), lengthOctets: 8 }),
      "ControlFrameTooLong",
      1002,
    ],
    ["5.5: a fragmented ping", fromClient({ opcode: 9, fin: false }), "FragmentedControlFrame", 1002],
    ["5.5: a fragmented close frame", fromClient({ opcode: 8, fin: false }), "FragmentedControlFrame", 1002],
    [
      "5.4: a continuation of nothing",
      fromClient({ opcode: 0, payload: "x" }),
      "UnexpectedContinuation",
      1002,
    ],
    [
      "5.4: a continuation of nothing that goes on",
      fromClient({ opcode: 0, fin: false }),
      "UnexpectedContinuation",
      1002,
    ],
    [
      "5.4: a continuation after the message ended",
      concat(fromClient(TEXT_BEGUN), fromClient({ opcode: 0 }), fromClient({ opcode: 0 })),
      "UnexpectedContinuation",
      1002,
    ],
    [
      "5.4: text inside text",
      concat(fromClient(TEXT_BEGUN), fromClient(TEXT_BEGUN)),
      "ExpectedContinuation",
      1002,
    ],
    [
      "5.4: binary inside text",
      concat(fromClient(TEXT_BEGUN), fromClient({ opcode: 2 })),
      "ExpectedContinuation",
      1002,
    ],
    [
      "5.2: 125 as 16 bits",
      fromClient({ opcode: 2, payload: bytes(125), lengthOctets: 2 }),
      "InvalidLength",
      1002,
    ],
    [
      "5.2: 65535 as 64 bits",
      fromClient({ opcode: 2, payload: bytes(65_535), lengthOctets: 8 }),
      "InvalidLength",
      1002,
    ],
    ["5.2: a length of 2^63", fromClient({ opcode: 2, length: 1n << 63n }), "InvalidLength", 1002],
    [
      "10.4: a length of 2^63 - 1",
      fromClient({ opcode: 2, length: (1n << 63n) - 1n }),
      "FrameTooLarge",
      1009,
    ],
    ["10.4: a length of 2^53", fromClient({ opcode: 2, length: 1n << 53n }), "FrameTooLarge", 1009],
    ["10.4: a frame above the limit", fromClient({ opcode: 2, length: LIMIT + 1 }), "FrameTooLarge", 1009],
    [
      "10.4: fragments above the limit together",
      concat(
        fromClient({ opcode: 2, fin: false, payload: bytes(60_000) }),
        fromClient({ opcode: 0, length: 40_001 }),
      ),
      "MessageTooLarge",
      1009,
    ],
    [
      "5.5.1: a close frame of 1 byte",
      fromClient({ opcode: 8, payload: bytes(1) }),
      "InvalidClosePayload",
      1002,
    ],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
      (code): [string, Uint8Array, string, number] => [
        `7.4: close code ${code}`,
        fromClient({ opcode: 8, payload: closePayload(code) }),
        "InvalidCloseCode",
        1002,
      ],
    ),
    [
      "5.5.1: a reason that is not UTF-8",
      fromClient({ opcode: 8, payload: closePayload(1000, new Uint8Array([0xce, 0xba, 0xed, 0xa0, 0x80])) }),
      "InvalidUtf8",
      1007,
    ],
  ];

  test.each(rows)("%s", (_, stream, fault, closeCode, role = "server") => {
    const outcome = readAnyhow(stream, role);
    expect(outcome.at(-1)).toEqual({ fault, closeCode });
    const before = outcome.slice(0, -1);
    expect(before.every((incoming) => "type" in incoming && incoming.type === "text")).toBe(true);
    expect(before.length).toBe(fault === "UnexpectedContinuation" && stream.length > 12 ? 1 : 0);
    // What follows a fault is never looked at.
    const valid = frame({ opcode: 1, payload: "after", key: role === "server" ? KEY : undefined });
    expect(readAnyhow(concat(stream, valid), role).filter((incoming) => "fault" in incoming)).toHaveLength(1);
    expect(read(readerOf(role), [concat(stream, valid)])).toEqual(outcome);
  });

  test("stays failed", () => {
    const reader = readerOf("server");
    reader.push(fromClient({ opcode: 3 }));
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: "InvalidOpcode" }));
    reader.push(fromClient({ opcode: 1, payload: "x" }));
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: "InvalidOpcode" }));
  });

  test("finds a fault at the octet that has it", () => {
    const firstOctet = readerOf("server");
    firstOctet.push(new Uint8Array([0x83]));
    expect(() => firstOctet.next()).toThrow(expect.objectContaining({ code: "InvalidOpcode" }));
    const secondOctet = readerOf("server");
    secondOctet.push(new Uint8Array([0x81, 0x05]));
    expect(() => secondOctet.next()).toThrow(expect.objectContaining({ code: "MissingMask" }));
    const closeCode = readerOf("client");
    closeCode.push(new Uint8Array([0x88, 0x05, 0x03, 0xee]));
    expect(() => closeCode.next()).toThrow(expect.objectContaining({ code: "InvalidCloseCode" }));
  });

  test("finds text that is not UTF-8 at its first bad byte, before the frame is whole", () => {
    const reader = readerOf("client");
    reader.push(concat(new Uint8Array([0x81, 100]), new Uint8Array([0x61, 0xf4, 0x90])));
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: "InvalidUtf8", closeCode: 1007 }));
  });

  test("finds a UTF-8 sequence that is broken over two frames, and takes one that is whole over two", () => {
    const euro = utf8("€");
    const split = (tail: Uint8Array) =>
      concat(
        fromClient({ opcode: 1, fin: false, payload: euro.subarray(0, 2) }),
        fromClient({ opcode: 0, payload: tail }),
      );
    expect(readAnyhow(split(euro.subarray(2)))).toEqual([{ type: "text", data: "€" }]);
    expect(readAnyhow(split(utf8("x")))).toEqual([{ fault: "InvalidUtf8", closeCode: 1007 }]);
    expect(readAnyhow(split(new Uint8Array(0)))).toEqual([{ fault: "InvalidUtf8", closeCode: 1007 }]);
  });

  test("takes a message of exactly the limit, in one frame and in two", () => {
    const limits = { frame: 1000, message: 1000 };
    const data = bytes(1000);
    expect(readAnyhow(fromClient({ opcode: 2, payload: data }), "server", limits)).toEqual([
      { type: "binary", data },
    ]);
    const two = concat(
      fromClient({ opcode: 2, fin: false, payload: data.subarray(0, 400) }),
      fromClient({ opcode: 0, payload: data.subarray(400) }),
    );
    expect(readAnyhow(two, "server", limits)).toEqual([{ type: "binary", data }]);
  });
});

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
      const stream = fromClient({ opcode: 8, payload: closePayload(code, "bye ☃") });
      expect(readAnyhow(stream)).toEqual([{ type: "close", code, reason: "bye ☃" }]);
    },
  );

  test("an empty one means 1005", () => {
    expect(readAnyhow(fromClient({ opcode: 8 }))).toEqual([{ type: "close", code: 1005, reason: "" }]);
  });
});
