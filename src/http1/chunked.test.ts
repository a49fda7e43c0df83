import { describe, expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { octets } from "./octets.ts";
import { RequestReader } from "./request-reader.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/** The pieces that a body is read in which comes in these. */
function piecesOf(...sent: string[]): string[] {
  const reader = new RequestReader(DEFAULT_LIMITS);
  reader.feed(octets(HEAD));
  reader.readHead();
  const pieces: string[] = [];
  for (const each of sent) {
    reader.feed(octets(each));
    for (;;) {
      let event: ReturnType<typeof reader.readBody>;
      try {
        event = reader.readBody();
      } catch (error) {
        return [...pieces, `(${(error as { code: string }).code})`];
      }
      if (event === "need-more") break;
      if (event === "end") return [...pieces, "(end)"];
      pieces.push(String.fromCharCode(...event));
    }
  }
  return pieces;
}

const chunk = (data: string) => `${data.length.toString(16)}\r\n${data}\r\n`;

describe("small chunks that came together are one piece", () => {
  it.each([
    ["to the end", [`${chunk("ab").repeat(3)}0\r\n\r\n`], ["ababab", "(end)"]],
    ["as far as they are whole", [`${chunk("ab").repeat(2)}3\r\nx`, "yz\r\n"], ["abab", "x", "yz"]],
    ["as far as their line is whole", [`${chunk("ab").repeat(2)}3`, "\r\nxyz\r\n"], ["abab", "xyz"]],
    ["up to one with an extension", [`${chunk("ab").repeat(2)}1;e=1\r\nx\r\n`], ["abab", "x"]],
    ["up to a large one", [chunk("ab") + chunk("c") + chunk("x".repeat(600))], ["abc", "x".repeat(600)]],
    [
      "up to a broken one, whose fault comes behind them",
      [`${chunk("ab").repeat(2)}g\r\n`],
      ["abab", "(InvalidChunk)"],
    ],
    ...[..."/:@`gG"].map((char): [string, string[], string[]] => [
      `up to one whose size is ${char}`,
      [`${chunk("ab")}${char}\r\n${"x".repeat(16)}\r\n`],
      ["ab", "(InvalidChunk)"],
    ]),
    [
      "whose sizes have any digit",
      [Array.from("123456789aBcDeF", (d) => `${d}\r\n${"x".repeat(Number.parseInt(d, 16))}\r\n`).join("")],
      ["x".repeat(120)],
    ],
    ["up to data that does not end", [`${chunk("ab")}2\r\nabc\r\n`], ["abab", "(InvalidChunk)"]],
    ["with zeros in front of a size", [`${chunk("a")}${"0".repeat(15)}1\r\nb\r\n`], ["ab"]],
    [
      "up to a size of more digits than there may be",
      [`${chunk("a")}${"0".repeat(16)}1\r\nb\r\n`],
      ["a", "(InvalidChunk)"],
    ],
  ])("%s", (_, sent, pieces) => {
    expect(piecesOf(...sent)).toEqual(pieces);
  });

  it("of at most 4 KiB", () => {
    const pieces = piecesOf(`${chunk("x".repeat(500)).repeat(20)}0\r\n\r\n`);
    expect(pieces.join("")).toBe(`${"x".repeat(10_000)}(end)`);
    expect(pieces.map(({ length }) => length)).toEqual([4000, 4000, 2000, 5]);
  });

  it("and do not change what came, which others may look at", () => {
    const reader = new RequestReader(DEFAULT_LIMITS);
    const sent = octets(HEAD + chunk("ab").repeat(9));
    reader.feed(sent);
    reader.readHead();
    reader.readBody();
    expect(sent).toEqual(octets(HEAD + chunk("ab").repeat(9)));
  });

  it("and are the same octets whatever way they are cut", () => {
    const datas = fc.array(fc.stringMatching(/^[a-z]{1,700}$/), { maxLength: 12 });
    fc.assert(
      fc.property(datas, fc.array(fc.nat(2000), { maxLength: 6 }), (all, cuts) => {
        const sent = `${all.map(chunk).join("")}0\r\n\r\n`;
        const places = [0, ...cuts.map((cut) => cut % (sent.length + 1)).sort((a, b) => a - b), sent.length];
        const parts = places.slice(1).map((place, at) => sent.slice(places[at], place));
        expect(piecesOf(...parts.filter(Boolean)).join("")).toBe(`${all.join("")}(end)`);
      }),
    );
  });
});
