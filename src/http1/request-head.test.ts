import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "./limits.ts";
import { octets } from "./octets.ts";
import { RequestReader } from "./request-reader.ts";

function read(line: string, fields = "Host: a\r\n") {
  const reader = new RequestReader(DEFAULT_LIMITS);
  reader.feed(octets(`${line}\r\n${fields}\r\n`));
  return reader.readHead();
}

/** The head, or the code of its refusal. */
function codeOf(line: string, fields?: string): unknown {
  try {
    return read(line, fields) && "taken";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("the head of a request", () => {
  it.each([
    ["GET", "/", "a"],
    ["GET", "http://b", "b"],
    ["GET", "HTTP://b:65535/?x", "b:65535"],
    ["OPTIONS", "*", "a"],
    ["CONNECT", "b:1", "a"],
    ["CONNECT", "[::1]:1", "a"],
  ])("takes %s %s, for %s", (method, target, authority) => {
    expect(read(`${method} ${target} HTTP/1.1`)).toMatchObject({ method, target, authority });
  });

  it.each([
    ["GET", "*"],
    ["GET", "a"],
    ["GET", "a:1"],
    ["OPTIONS", "a:1"],
    ["OPTIONS", "**"],
    ["GET", "http://"],
    ["GET", "http://:1/"],
    ["GET", "http://u@b/"],
    ["GET", "http://b:65536/"],
    ["GET", "/\u00e9"],
    ["GET", "/#"],
    ["CONNECT", "b"],
    ["CONNECT", "b:"],
    ["CONNECT", ":1"],
    ["CONNECT", "*"],
    ["CONNECT", "/"],
    ["CONNECT", "http://b"],
    ["CONNECT", "http://b:1/"],
  ])("refuses the target of %s %s", (method, target) => {
    expect(codeOf(`${method} ${target} HTTP/1.1`)).toBe("InvalidTarget");
  });

  it.each(["GET / HTTP/1.1 ", "GET / HTTP/1.1 x", "GET  / HTTP/1.1", " GET / HTTP/1.1", "G(T / HTTP/1.1"])(
    "refuses the line %j",
    (line) => {
      expect(codeOf(line)).toBe("InvalidRequestLine");
    },
  );

  it("has no control character but HTAB, wherever it stands", () => {
    for (const control of [...Array(32).keys(), 127].filter((code) => code !== 9)) {
      const char = String.fromCharCode(control);
      expect(codeOf(`GE${char}T / HTTP/1.1`), `${control}`).toBe("InvalidRequestLine");
      expect(codeOf("GET / HTTP/1.1", `Host: a\r\nX: a${char}b\r\n`), `${control}`).toBe("InvalidFieldLine");
    }
    expect(read("GET / HTTP/1.1", "Host: a\r\nX: a\tb\u00ff\r\n")?.fields.lines.values("x")).toEqual([
      "a\tb\u00ff",
    ]);
  });

  it.each([
    ["1.1", "Expect: 100-Continue\r\nContent-Length: 1\r\n", true],
    ["1.1", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", true],
    ["1.1", "Expect: 100-continue\r\nContent-Length: 0\r\n", false],
    ["1.1", "Expect: 100-continue\r\n", false],
    ["1.1", "Content-Length: 1\r\n", false],
    ["1.0", "Expect: 100-continue\r\nContent-Length: 1\r\n", false],
    ["1.0", "Expect: else\r\nContent-Length: 1\r\n", false],
  ])("of HTTP/%s with %j waits for 100: %j", (version, fields, waits) => {
    expect(read(`POST / HTTP/${version}`, `Host: a\r\n${fields}`)?.fields.expectsContinue).toBe(waits);
  });

  it.each([
    ["1.1", "", "MissingHost"],
    ["1.0", "", "taken"],
    ["1.0", "Host: a\r\nHost: a\r\n", "InvalidHost"],
    ["1.1", "Host:\r\n", "taken"],
    ["1.1", "Host: a\r\nExpect: else\r\n", "ExpectationFailed"],
    ["1.1", "Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n", "InvalidContentLength"],
    ["1.1", "Host: a\r\nContent-Length: 9007199254740992\r\n", "InvalidContentLength"],
    ["1.1", "Host: a\r\nTransfer-Encoding: , CHUNKED ,\r\n", "taken"],
    [
      "1.1",
      "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
      "InvalidTransferEncoding",
    ],
    ["1.0", "Transfer-Encoding: chunked\r\n", "InvalidTransferEncoding"],
    ["1.1", "Host: a\r\n X: obs-fold\r\n", "InvalidFieldLine"],
    ["1.1", "Host: a\r\nX : y\r\n", "InvalidFieldLine"],
  ])("of HTTP/%s with %j is %s", (version, fields, code) => {
    expect(codeOf(`POST / HTTP/${version}`, fields)).toBe(code);
  });

  it("has begun with its first octet, and not with an empty line", () => {
    const reader = new RequestReader(DEFAULT_LIMITS);
    const waits = [..."\r\nG"].map((char) => {
      reader.feed(octets(char));
      reader.readHead();
      return reader.buffered;
    });
    expect(waits).toEqual([1, 0, 1]);
  });
});
