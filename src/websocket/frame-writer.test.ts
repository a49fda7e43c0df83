import { describe, expect, test } from "vitest";
import fc from "../testing/fast-check.ts";
import { concat, parseFrames, utf8 } from "../testing/websocket-frames.ts";
import { controlPayload, FrameWriter } from "./frame-writer.ts";
import { mask } from "./masking.ts";
import { CLOSE, PING } from "./opcodes.ts";

function writerOf(role: "server" | "client") {
  const writer = new FrameWriter({ role, deflateFromBytes: 0 });
  const take = () => {
    const writes: Uint8Array[] = [];
    writer.output.drain({ write: (bytes) => writes.push(bytes) > 0 });
    return writes;
  };
  return { writer, take, frames: () => parseFrames(concat(...take())) };
}

describe.each(["server", "client"] as const)("a %s's frames", (role) => {
  test.each([
    [0, 0],
    [125, 0],
    [126, 2],
    [65_535, 2],
    [65_536, 8],
    [70_000, 8],
  ])("%i bytes have %i octets of extended length", (length, lengthOctets) => {
    const { writer, frames } = writerOf(role);
    const data = Uint8Array.from({ length }, (_, i) => i & 0xff);
    writer.binary(data);
    const [frame, ...rest] = frames();
    expect(rest).toEqual([]);
    expect(frame).toMatchObject({ first: 0x82, masked: role === "client", lengthOctets });
    expect(frame!.payload.length).toBe(length);
    expect(frame!.payload.every((byte, i) => byte === data[i])).toBe(true);
  });

  test.each([
    "",
    "x".repeat(125),
    "é".repeat(62),
    "é".repeat(63),
    "☃".repeat(42),
    "☃".repeat(43),
    "x".repeat(30_000),
    "☃".repeat(21_846),
  ])("text is UTF-8 with the shortest length", (text) => {
    const { writer, frames } = writerOf(role);
    const payload = utf8(text);
    expect(writer.text(text)).toBe(payload.length);
    const lengthOctets = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
    expect(frames()).toEqual([{ first: 0x81, masked: role === "client", lengthOctets, payload }]);
  });

  test("messages come back in order, whatever their sizes", () => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.nat(40_000)), { maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.boolean(), (lengths, asText) => {
        const { writer, frames } = writerOf(role);
        const other = writerOf("server").writer;
        for (const length of lengths) {
          if (asText) writer.text("y".repeat(length));
          else writer.binary(new Uint8Array(length).fill(length & 0xff));
          other.text("another connection writes to the same block");
        }
        expect(frames().map((frame) => frame.payload.length)).toEqual(lengths);
      }),
    );
  });
});

test("small frames of one turn are one write", () => {
  const { writer, take } = writerOf("server");
  for (let i = 0; i < 10; i++) writer.text("small");
  expect(take()).toHaveLength(1);
});

test("what was sent does not change when the caller's buffer does", () => {
  const { writer, frames } = writerOf("server");
  for (const length of [10, 100_000]) {
    const data = new Uint8Array(length).fill(1);
    writer.binary(data);
    data.fill(2);
  }
  expect(frames().every((frame) => frame.payload.every((byte) => byte === 1))).toBe(true);
});

test("a client masks every frame with another key", () => {
  const { writer, take } = writerOf("client");
  for (let i = 0; i < 2000; i++) writer.control(PING, new Uint8Array(4));
  const bytes = concat(...take());
  const keys = new Set<number>();
  for (let at = 0; at < bytes.length; at += 10) keys.add(new DataView(bytes.buffer).getUint32(at + 2));
  expect(keys.size).toBeGreaterThan(1990);
});

test("a close frame has its code and reason, or nothing", () => {
  const { writer, frames } = writerOf("server");
  writer.close(1001, utf8("bye"));
  writer.close();
  expect(frames().map((frame) => [frame.first, ...frame.payload])).toEqual([
    [0x80 | CLOSE, 0x03, 0xe9, ...utf8("bye")],
    [0x80 | CLOSE],
  ]);
});

test("refuses a control payload above 125 bytes", () => {
  expect(controlPayload("x".repeat(125))).toHaveLength(125);
  expect(() => controlPayload(new Uint8Array(126))).toThrow(RangeError);
});

test("masking by words is masking octet by octet, at any alignment and phase", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 300 }),
      fc.nat(9),
      fc.nat(9),
      fc.nat(5),
      (data, from, cut, phase) => {
        const key = new Uint8Array([1, 2, 4, 8]);
        const start = Math.min(from, data.length);
        const end = Math.max(start, data.length - cut);
        const expected = data.map((byte, i) =>
          i < start || i >= end ? byte : byte ^ key[(i - start + phase) & 3]!,
        );
        const actual = data.slice();
        mask(actual, start, end, key, phase);
        expect(actual).toEqual(expected);
      },
    ),
  );
});
