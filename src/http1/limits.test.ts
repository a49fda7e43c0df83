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
});
