import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { RequestReader } from "./request-reader.ts";

/** What a reader of these limits makes of the octets: "whole", or the code of its refusal. */
function read(text: string, limits: Partial<Limits>): string {
  const reader = new RequestReader({ ...DEFAULT_LIMITS, ...limits });
  reader.feed(new TextEncoder().encode(text));
  try {
    if (reader.readHead() === undefined) return "need-more";
    for (let event = reader.readBody(); event !== "end"; event = reader.readBody())
      if (event === "need-more") return event;
    return "whole";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const line = "GET / HTTP/1.1\r\n";
const fields = "Host: a\r\nX-Field: value\r\n";
const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
const trailers = "X-One: 1\r\nX-Two: 22\r\n";

describe("a message takes exactly", () => {
  it("maxHeaderBytes of field lines, their ends included", () => {
    expect(read(`${line}${fields}\r\n`, { maxHeaderBytes: fields.length })).toBe("whole");
    expect(read(`${line}${fields}\r\n`, { maxHeaderBytes: fields.length - 1 })).toBe("HeaderTooLarge");
  });

  it("maxHeaderCount field lines, and maxHeaderLineBytes in each, whether there is a space in it or none", () => {
    const large = "X-Field:value".length;
    expect(
      read(`${line}Host:a\r\nX-Field:value\r\n\r\n`, { maxHeaderCount: 2, maxHeaderLineBytes: large }),
    ).toBe("whole");
    expect(read(`${line}${fields}\r\n`, { maxHeaderCount: 1 })).toBe("TooManyHeaderFields");
    const reader = new RequestReader({ ...DEFAULT_LIMITS, maxHeaderLineBytes: large - 1 });
    reader.feed(new TextEncoder().encode(`${line}X-Field:value\r\n`));
    expect(() => reader.readHead()).toThrow(expect.objectContaining({ code: "HeaderTooLarge", status: 431 }));
  });

  it("maxEmptyLines of empty lines", () => {
    expect(read(`\r\n\r\n${line}${fields}\r\n`, { maxEmptyLines: 2 })).toBe("whole");
    expect(read(`\r\n\r\n${line}${fields}\r\n`, { maxEmptyLines: 1 })).toBe("InvalidRequestLine");
  });

  it("maxTrailerBytes of trailers, in lines that may be as long as all of them together", () => {
    const maxHeaderLineBytes = "Transfer-Encoding: chunked".length;
    const long = `X-Long: ${"x".repeat(maxHeaderLineBytes)}\r\n`;
    for (const section of [trailers, long]) {
      const limits = (maxTrailerBytes: number) => ({ maxTrailerBytes, maxHeaderLineBytes });
      expect(read(`${chunked}${section}\r\n`, limits(section.length))).toBe("whole");
      expect(read(`${chunked}${section}\r\n`, limits(section.length - 1))).toBe("TrailersTooLarge");
    }
  });

  it("maxRequestLineBytes of a line that does not end", () => {
    expect(read("GET", { maxRequestLineBytes: 3 })).toBe("need-more");
    expect(read("GETS", { maxRequestLineBytes: 3 })).toBe("RequestLineTooLong");
  });

  it("maxChunkExtensionBytes in a line of chunk extensions, however much the body's data has earned", () => {
    const head = chunked.slice(0, -"0\r\n".length);
    for (const earned of ["", `1000\r\n${"x".repeat(0x1000)}\r\n`]) {
      const body = `${head}${earned}1;abcdef\r\nx\r\n0\r\n\r\n`;
      expect(read(body, { maxChunkExtensionBytes: 7 })).toBe("whole");
      expect(read(body, { maxChunkExtensionBytes: 6 })).toBe("ChunkExtensionsTooLarge");
    }
  });

  it("maxChunkExtensionBytes in all lines of a body, and one more for every 64 octets of data", () => {
    const head = chunked.slice(0, -"0\r\n".length);
    const body = (size: number) => `${head}${size.toString(16)};abc\r\n${"x".repeat(size)}\r\n0;abc\r\n\r\n`;
    expect(read(body(63), { maxChunkExtensionBytes: 7 })).toBe("ChunkExtensionsTooLarge");
    expect(read(body(64), { maxChunkExtensionBytes: 7 })).toBe("whole");
    const small = `${head}${"20\r\n".concat("x".repeat(32), "\r\n").repeat(2)}1;abc\r\nx\r\n0;abc\r\n\r\n`;
    expect(read(small, { maxChunkExtensionBytes: 7 })).toBe("whole");
    expect(read(small, { maxChunkExtensionBytes: 6 })).toBe("ChunkExtensionsTooLarge");
  });

  it("maxRequestLineBytes of a method, which is one that nobody implements, however it is cut", () => {
    const limits = { ...DEFAULT_LIMITS, maxRequestLineBytes: 20 };
    const statuses = ["x".repeat(21), `${"x".repeat(21)} / HTTP/1.1\r\n`, `${"x".repeat(20)} / HTTP/1.1\r\n`];
    for (const [i, text] of statuses.entries()) {
      for (const pieces of [[text], text]) {
        const reader = new RequestReader(limits);
        expect(() => {
          for (const piece of pieces) {
            reader.feed(new TextEncoder().encode(piece));
            reader.readHead();
          }
        }).toThrow(expect.objectContaining({ code: "RequestLineTooLong", status: i < 2 ? 501 : 414 }));
      }
    }
  });
});
