import { describe, expect, it } from "vitest";
import { CHUNKED, UNTIL_CLOSE } from "./framing.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { octets } from "./octets.ts";
import { ResponseReader } from "./response-reader.ts";

function read(text: string, method = "GET") {
  const reader = new ResponseReader(DEFAULT_LIMITS);
  reader.feed(octets(text));
  return reader.readHead(method);
}

const LENGTH = "Content-Length: 3\r\n";
const CODED = "Transfer-Encoding: gzip\r\n";

describe("ResponseReader", () => {
  it.each([
    ["a length", "200 OK", LENGTH, "GET", 3],
    ["chunks", "200 OK", "Transfer-Encoding: chunked\r\n", "GET", CHUNKED],
    ["the close, where nothing says more", "200 OK", "", "GET", UNTIL_CLOSE],
    ["the close, behind another coding", "200 OK", CODED, "GET", UNTIL_CLOSE],
    ["nothing, to HEAD", "200 OK", LENGTH, "HEAD", 0],
    ["nothing, as 1xx", "103 Early Hints", "", "GET", 0],
    ["nothing, as 204", "204 No Content", CODED, "GET", 0],
    ["nothing, as 304", "304 Not Modified", LENGTH, "GET", 0],
    ["nothing, as the tunnel of a CONNECT", "200 OK", LENGTH, "CONNECT", 0],
    ["a length, as the refusal of a CONNECT", "300 Multiple Choices", LENGTH, "CONNECT", 3],
  ])("ends the body by %s (RFC 9112 section 6.3)", (_, status, fields, method, framing) => {
    expect(read(`HTTP/1.1 ${status}\r\n${fields}\r\n`, method)?.framing).toBe(framing);
  });

  it.each([
    ["HTTP/1.1", "", true],
    ["HTTP/1.1", "Connection: x, CLOSE\r\n", false],
    ["HTTP/1.0", "", false],
    ["HTTP/1.0", "Connection: Keep-Alive\r\n", true],
    ["HTTP/1.0", "Connection: keep-alive, close\r\n", false],
  ])("%s with %j keeps the connection: %j", (version, fields, keepAlive) => {
    expect(read(`${version} 200 OK\r\n${LENGTH}${fields}\r\n`)?.keepAlive).toBe(keepAlive);
  });

  it("keeps no connection whose close ends the body", () => {
    expect(read("HTTP/1.1 200 OK\r\n\r\n")?.keepAlive).toBe(false);
  });

  it.each([
    ["200", 200, ""],
    ["200 ", 200, ""],
    ["599 \u00e9 \t~", 599, "\u00e9 \t~"],
    ["100 Continue", 100, "Continue"],
  ])("reads the status %j", (text, status, reason) => {
    expect(read(`HTTP/1.1 ${text}\r\n\r\n`)).toMatchObject({ status, reason, minor: 1 });
  });

  it.each(["600 x", "099 x", "20 x", "2000 x", "200x", "", " 200 OK", "-20 x"])(
    "refuses the status %j",
    (text) => {
      expect(() => read(`HTTP/1.1 ${text}\r\n\r\n`)).toThrow(
        expect.objectContaining({ code: "InvalidStatusLine" }),
      );
    },
  );

  it("is at the end of a message by the close only where that ends it, or between two", () => {
    const finished = (text: string, bodies: number) => {
      const reader = new ResponseReader(DEFAULT_LIMITS);
      reader.feed(octets(text));
      reader.readHead("GET");
      for (let i = 0; i < bodies; i++) reader.readBody();
      return reader.finish();
    };
    expect(finished("HTTP/1.1 200 OK\r\n\r\nabc", 1)).toBe(true);
    expect(finished("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", 1)).toBe(false);
    expect(finished("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 2)).toBe(true);
    expect(finished("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcH", 2)).toBe(false);
    expect(finished("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 2)).toBe(false);
    expect(finished("HTTP/1.1 200 O", 0)).toBe(false);
    expect(finished("HTTP/1.1 200 OK\r\nA: b", 0)).toBe(false);
  });
});
