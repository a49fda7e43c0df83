import { describe, expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { formatContentRange, formatUnsatisfiedRange, MAX_RANGES, selectRanges } from "./ranges.ts";

const spans = (field: string, size: number): unknown => {
  const selection = selectRanges(field, size);
  return typeof selection === "string" ? selection : selection.map(({ start, end }) => [start, end]);
};

describe("selectRanges", () => {
  it.each([
    ["bytes=0-499", [[0, 500]]],
    ["bytes=500-999", [[500, 1000]]],
    ["bytes=-500", [[9500, 10000]]],
    ["bytes=9500-", [[9500, 10000]]],
    [
      "bytes=0-0,-1",
      [
        [0, 1],
        [9999, 10000],
      ],
    ],
    [
      "bytes=0-999, 4500-5499, -1000",
      [
        [0, 1000],
        [4500, 5500],
        [9000, 10000],
      ],
    ],
    ["BYTES=0-0", [[0, 1]]],
    [
      "bytes= 0-0 ,, \t5000-5000,",
      [
        [0, 1],
        [5000, 5001],
      ],
    ],
    ["bytes=9999-20000", [[9999, 10000]]],
    ["bytes=-20000", [[0, 10000]]],
    ["bytes=0-99999999999999999999999999", [[0, 10000]]],
    ["bytes=10000-,0-0", [[0, 1]]],
  ])("reads %s of 10000 bytes", (field, expected) => {
    expect(spans(field, 10000)).toEqual(expected);
  });

  it.each([
    "bytes=10000-",
    "bytes=10000-10001",
    "bytes=-0",
    "bytes=99999999999999999999-",
    "bytes=-0,20000-",
  ])("finds nothing to send for %s of 10000 bytes", (field) => {
    expect(spans(field, 10000)).toBe("unsatisfiable");
  });

  it.each([
    "",
    "bytes",
    "bytes=",
    "bytes=,",
    "bytes=-",
    "bytes=a-b",
    "bytes=1-0",
    "bytes=0-1,2-1",
    "bytes=0-1;2-3",
    "bytes=0 - 1",
    "bytes=+1-2",
    "bytes=-1-2",
    "bytes=0x0-1",
    "bytes =0-1",
    "items=0-1", // checklist 47: an unknown unit
    "bytes=0-1, bytes=2-3",
  ])("ignores %j and sends the whole file", (field) => {
    expect(spans(field, 10000)).toBe("whole");
  });

  it("joins ranges that overlap, touch or leave a gap not worth skipping", () => {
    expect(spans("bytes=0-99,50-149", 10000)).toEqual([[0, 150]]);
    expect(spans("bytes=100-199,0-99", 10000)).toEqual([[0, 200]]);
    expect(spans("bytes=0-99,150-199", 10000)).toEqual([[0, 200]]);
    expect(spans("bytes=0-9,1000-1009,5-1004", 10000)).toEqual([[0, 1010]]);
  });

  it("keeps the order of the request", () => {
    expect(spans("bytes=5000-5001,0-1,9000-9001,1-2", 10000)).toEqual([
      [5000, 5002],
      [0, 3],
      [9000, 9002],
    ]);
  });

  it("takes a bounded number of ranges", () => {
    const many = (n: number): string =>
      `bytes=${Array.from({ length: n }, (_, i) => `${i * 1000}-${i * 1000}`).join()}`;
    expect(selectRanges(many(MAX_RANGES), 1e9)).toHaveLength(MAX_RANGES);
    expect(selectRanges(many(MAX_RANGES + 1), 1e9)).toBe("whole");
    expect(selectRanges(`bytes=${"0-,".repeat(5000)}0-`, 1e9)).toBe("whole");
  });

  it("sends an empty file whole", () => {
    expect(spans("bytes=0-", 0)).toBe("whole");
    expect(spans("bytes=-5", 0)).toBe("whole");
  });

  it("selects exactly the bytes that were asked for, or a few between them", () => {
    const spec = fc.oneof(
      fc
        .tuple(fc.nat(2000), fc.nat(500))
        .map(([first, more]) => ({ text: `${first}-${first + more}`, first, last: first + more })),
      fc.nat(2000).map((first) => ({ text: `${first}-`, first, last: Infinity })),
    );
    fc.assert(
      fc.property(
        fc.array(spec, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 1500 }),
        (specs, size) => {
          const selection = selectRanges(`bytes=${specs.map(({ text }) => text).join(", ")}`, size);
          const wanted = specs.filter(({ first }) => first < size);
          if (wanted.length === 0) {
            expect(selection).toBe("unsatisfiable");
            return;
          }
          if (typeof selection === "string") throw new Error(selection);
          const sent = new Set<number>();
          for (const { start, end } of selection) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(size);
            for (let i = start; i < end; i++) {
              expect(sent.has(i)).toBe(false); // no byte twice: no amplification
              sent.add(i);
            }
          }
          for (const { first, last } of wanted) {
            for (let i = first; i <= Math.min(last, size - 1); i++) expect(sent.has(i)).toBe(true);
          }
        },
      ),
    );
  });

  it("survives any text", () => {
    fc.assert(fc.property(fc.string(), fc.nat(), (text, size) => void selectRanges(`bytes=${text}`, size)));
  });
});

it("writes Content-Range (checklist 70)", () => {
  expect(formatContentRange({ start: 0, end: 500 }, 1234)).toBe("bytes 0-499/1234");
  expect(formatUnsatisfiedRange(1234)).toBe("bytes */1234");
});
