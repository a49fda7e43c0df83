import { expect, it } from "vitest";
import { ByteSource } from "./byte-source.ts";
import { HttpHeaders } from "./headers.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { RequestReader } from "./request-reader.ts";

// Work is counted, not timed: where it grows with the square of the input, the count does.

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Moved = (self: { length: number }, first: { length: number }) => number;

/** Elements that a method was asked to move while `run` ran, summed over its calls. */
function countMoved(prototype: object, name: string, moved: Moved, run: () => void): number {
  const methods = prototype as Record<string, Method>;
  const original = methods[name]!;
  let count = 0;
  methods[name] = function (...args) {
    count += moved(this as { length: number }, args[0] as { length: number });
    return original.apply(this, args);
  };
  try {
    run();
  } finally {
    methods[name] = original;
  }
  return count;
}

it("joins small chunks that wait, copying an octet once", () => {
  const count = 20_000;
  const source = new ByteSource();
  const copied = countMoved(
    Uint8Array.prototype,
    "set",
    (_, from) => from.length,
    () => {
      for (let i = 0; i < count; i++) source.push(new Uint8Array([i]));
    },
  );
  let inOrder = 0;
  let pieces = 0;
  for (let piece = source.take(Infinity); piece !== undefined; piece = source.take(Infinity)) {
    pieces++;
    for (const octet of piece) if (octet === (inOrder & 255)) inOrder++;
  }
  expect([inOrder, source.buffered]).toEqual([count, 0]);
  expect(copied).toBeLessThanOrEqual(count);
  expect(pieces).toBeLessThan(20);
});

it("looks at each field line once where headers are iterated, however many names there are", () => {
  const lines = Array.from({ length: 1000 }, (_, i): [string, string] => [`x-${i}`, "y"]);
  const headers = new HttpHeaders(lines);
  const looked = ["indexOf", "includes", "filter", "find", "findIndex"].map((name) =>
    countMoved(
      Array.prototype,
      name,
      ({ length }) => length,
      () => {
        expect([...headers]).toHaveLength(1000);
      },
    ),
  );
  expect(Math.max(...looked)).toBeLessThan(5000);
});

it("holds on to no chunk that was taken", () => {
  const source = new ByteSource();
  source.push(new Uint8Array(9));
  source.take(8);
  expect(source.bytes).toHaveLength(9);
  source.take(8);
  expect(source.bytes).toHaveLength(0);
});

it("leaves large chunks that wait as they came", () => {
  const source = new ByteSource();
  const chunks = [5000, 1, 5000, 65_536, 65_536].map((length) => new Uint8Array(length));
  for (const chunk of chunks) source.push(chunk);
  const taken = chunks.map(() => source.take(Infinity)?.buffer);
  expect(taken).toEqual(chunks.map(({ buffer }) => buffer));
  expect(taken.every((buffer, i) => buffer === chunks[i]?.buffer)).toBe(true);
});

it("copies an octet of a head a few times at most, however small the pieces it comes in", () => {
  const head = `GET / HTTP/1.1\r\nHost: a\r\n${"X-Field: some value\r\n".repeat(90)}\r\n`;
  const reader = new RequestReader(DEFAULT_LIMITS);
  let heads = 0;
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const copied = countMoved(
    typedArray,
    "set",
    (_, octets) => octets.length,
    () => {
      for (const char of head) {
        reader.feed(new Uint8Array([char.charCodeAt(0)]));
        if (reader.readHead() !== undefined) heads++;
      }
    },
  );
  expect(heads).toBe(1);
  expect(copied).toBeLessThan(4 * head.length);
});

it("looks at each octet of a line once, however small the pieces that it comes in", () => {
  const source = new ByteSource();
  const read = (text: string) => {
    source.push(new TextEncoder().encode(text));
    source.begin();
    return source.line(100, "HeaderTooLarge", 431, "InvalidFieldLine");
  };
  expect(read("ab")).toBe(-1);
  source.bytes.fill(0); // who looked again would find that no text
  expect(read("c\r")).toBe(-1);
  expect(read("\n")).toBe(3);
});
