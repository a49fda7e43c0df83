import { describe, expect, test } from "vitest";
import {
  closePayload,
  concat,
  frame,
  KEY,
  masked,
  type TestFrame,
  utf8,
} from "../testing/websocket-frames.ts";
import { bytes, LIMIT, read, readAnyhow, readerOf } from "../testing/websocket-reading.ts";

const TEXT_BEGUN = { opcode: 1, fin: false, payload: "a" };
const unmasked = (spec: TestFrame) => frame(spec);

describe("faults", () => {
  // Each row: the rule, the bytes, the fault, its close code, and who reads.
  const rows: [string, Uint8Array, string, number, ("server" | "client")?][] = [
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Uint8Array, string, number] => [
      `5.2: opcode ${opcode} is reserved`,
      masked({ opcode, payload: "x" }),
      "InvalidOpcode",
      1002,
    ]),
    ...[1, 2, 4].map((rsv): [string, Uint8Array, string, number] => [
      `5.2: reserved bits ${rsv} without an extension`,
      masked({ opcode: 1, rsv, payload: "x" }),
      "ReservedBits",
      1002,
    ]),
    ["5.2: reserved bits of a control frame", masked({ opcode: 9, rsv: 4 }), "ReservedBits", 1002],
    ["5.1: unmasked from a client", unmasked({ opcode: 1, payload: "x" }), "MissingMask", 1002],
    ["5.1: an unmasked control frame from a client", unmasked({ opcode: 9 }), "MissingMask", 1002],
    ["5.1: masked from a server", masked({ opcode: 1, payload: "x" }), "UnexpectedMask", 1002, "client"],
    ["5.5: a ping of 126 bytes", masked({ opcode: 9, payload: bytes(126) }), "ControlFrameTooLong", 1002],
    [
      "5.5: a close frame with a 64-bit length",
      masked({ opcode: 8, payload: bytes(2), lengthOctets: 8 }),
      "ControlFrameTooLong",
      1002,
    ],
    ["5.5: a fragmented ping", masked({ opcode: 9, fin: false }), "FragmentedControlFrame", 1002],
    ["5.5: a fragmented close frame", masked({ opcode: 8, fin: false }), "FragmentedControlFrame", 1002],
    ["5.4: a continuation of nothing", masked({ opcode: 0, payload: "x" }), "UnexpectedContinuation", 1002],
    [
      "5.4: a continuation of nothing that goes on",
      masked({ opcode: 0, fin: false }),
      "UnexpectedContinuation",
      1002,
    ],
    [
      "5.4: a continuation after the message ended",
      concat(masked(TEXT_BEGUN), masked({ opcode: 0 }), masked({ opcode: 0 })),
      "UnexpectedContinuation",
      1002,
    ],
    ["5.4: text inside text", concat(masked(TEXT_BEGUN), masked(TEXT_BEGUN)), "ExpectedContinuation", 1002],
    [
      "5.4: binary inside text",
      concat(masked(TEXT_BEGUN), masked({ opcode: 2 })),
      "ExpectedContinuation",
      1002,
    ],
    [
      "5.2: 125 as 16 bits",
      masked({ opcode: 2, payload: bytes(125), lengthOctets: 2 }),
      "InvalidLength",
      1002,
    ],
    [
      "5.2: 65535 as 64 bits",
      masked({ opcode: 2, payload: bytes(65_535), lengthOctets: 8 }),
      "InvalidLength",
      1002,
    ],
    ["5.2: a length of 2^63", masked({ opcode: 2, length: 1n << 63n }), "InvalidLength", 1002],
    ["10.4: a length of 2^63 - 1", masked({ opcode: 2, length: (1n << 63n) - 1n }), "FrameTooLarge", 1009],
    ["10.4: a length of 2^53", masked({ opcode: 2, length: 1n << 53n }), "FrameTooLarge", 1009],
    ["10.4: a frame above the limit", masked({ opcode: 2, length: LIMIT + 1 }), "FrameTooLarge", 1009],
    [
      "10.4: fragments above the limit together",
      concat(
        masked({ opcode: 2, fin: false, payload: bytes(60_000) }),
        masked({ opcode: 0, length: 40_001 }),
      ),
      "MessageTooLarge",
      1009,
    ],
    ["5.5.1: a close frame of 1 byte", masked({ opcode: 8, payload: bytes(1) }), "InvalidClosePayload", 1002],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
      (code): [string, Uint8Array, string, number] => [
        `7.4: close code ${code}`,
        masked({ opcode: 8, payload: closePayload(code) }),
        "InvalidCloseCode",
        1002,
      ],
    ),
    [
      "5.5.1: a reason that is not UTF-8",
      masked({ opcode: 8, payload: closePayload(1000, new Uint8Array([0xce, 0xba, 0xed, 0xa0, 0x80])) }),
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
    reader.push(masked({ opcode: 3 }));
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: "InvalidOpcode" }));
    reader.push(masked({ opcode: 1, payload: "x" }));
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
        masked({ opcode: 1, fin: false, payload: euro.subarray(0, 2) }),
        masked({ opcode: 0, payload: tail }),
      );
    expect(readAnyhow(split(euro.subarray(2)))).toEqual([{ type: "text", data: "€" }]);
    expect(readAnyhow(split(utf8("x")))).toEqual([{ fault: "InvalidUtf8", closeCode: 1007 }]);
    expect(readAnyhow(split(new Uint8Array(0)))).toEqual([{ fault: "InvalidUtf8", closeCode: 1007 }]);
  });

  test("takes a message of exactly the limit, in one frame and in two", () => {
    const limits = { frame: 1000, message: 1000 };
    const data = bytes(1000);
    expect(readAnyhow(masked({ opcode: 2, payload: data }), "server", limits)).toEqual([
      { type: "binary", data },
    ]);
    const two = concat(
      masked({ opcode: 2, fin: false, payload: data.subarray(0, 400) }),
      masked({ opcode: 0, payload: data.subarray(400) }),
    );
    expect(readAnyhow(two, "server", limits)).toEqual([{ type: "binary", data }]);
  });
});
