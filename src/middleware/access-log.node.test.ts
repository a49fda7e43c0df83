import { describe, expect, it } from "vitest";
import { HttpHeaders } from "../http1/headers.ts";
import type { BodyContent, HttpRequest, RequestCallback } from "../server/types.ts";
import { withAccessLog } from "./access-log.ts";
import { formatLogLine, type LogEntry } from "./log-line.ts";

const entry: LogEntry = {
  client: "127.0.0.1",
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  method: "GET",
  target: "/a?b",
  protocol: "HTTP/1.1",
  status: 200,
  bytes: 612,
  referer: null,
  userAgent: "curl/8.5.0",
  milliseconds: 0.8123,
};

describe("formatLogLine", () => {
  it("writes the combined format and the duration", () => {
    expect(formatLogLine(entry)).toBe(
      '127.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /a?b HTTP/1.1" 200 612 "-" "curl/8.5.0" 0.8ms',
    );
    expect(formatLogLine({ ...entry, bytes: 0, status: 304 })).toContain(" 304 - ");
  });

  it("lets no client end the line, close a quote or drive the terminal", () => {
    const line = formatLogLine({
      ...entry,
      target: '/"\\',
      userAgent: 'x" \r\n\x1b[2J\x9b é\u2028',
      referer: "\0",
    });
    expect(line).toContain(String.raw`"GET /\x22\x5c HTTP/1.1"`);
    expect(line).toContain(String.raw`"\x00" "x\x22 \x0d\x0a\x1b[2J\x9b \xe9\u2028"`);
    expect(line).toMatch(/^[\x20-\x7e]+$/);
  });
});

/** A request that reads a streamed body until `breakAfter` pieces, as a client that leaves makes a server do. */
function request(method: string, breakAfter = Number.POSITIVE_INFINITY): HttpRequest {
  const fake: Pick<
    HttpRequest,
    "method" | "target" | "hostname" | "headers" | "protocol" | "signal" | "respond" | "sendHeaders"
  > = {
    method,
    target: "/",
    hostname: "::1",
    headers: new HttpHeaders({ Referer: "http://a/", "User-Agent": "b" }),
    protocol: { orig: "HTTP/1.1", major: 1, minor: 1 },
    signal: new AbortController().signal,
    async respond(code, content) {
      if (code === 999) throw new Error("refused");
      if (content === null || typeof content !== "object" || !(Symbol.asyncIterator in content)) return;
      let pieces = 0;
      for await (const _ of content) if (++pieces >= breakAfter) break;
    },
    sendHeaders: async () => ({ write: async () => {}, close: async () => {} }),
  };
  return fake as HttpRequest;
}

async function logged(callback: RequestCallback, from = request("GET")): Promise<LogEntry> {
  const entries: LogEntry[] = [];
  let time = 1000;
  const run = withAccessLog(
    callback,
    (each) => entries.push(each),
    () => (time += 5),
  );
  await Promise.resolve(run(from)).catch(() => {});
  expect(entries).toHaveLength(1);
  return entries[0] as LogEntry;
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 4; i++) yield new Uint8Array(10);
}

describe("withAccessLog", () => {
  it("reports who asked for what, and the time it took", async () => {
    expect(await logged((r) => r.respond(200, "é"))).toEqual({
      client: "::1",
      time: 1005,
      method: "GET",
      target: "/",
      protocol: "HTTP/1.1",
      status: 200,
      bytes: 2,
      referer: "http://a/",
      userAgent: "b",
      milliseconds: 5,
    });
  });

  it("counts the bytes of every kind of content", async () => {
    const contents: [BodyContent, number][] = [
      [null, 0],
      ["é", 2],
      [new Uint8Array(5), 5],
      [new ArrayBuffer(6), 6],
      [new Blob(["1234"]), 4],
      [new Blob(["123"]).stream(), 3],
      [pieces(), 40],
    ];
    for (const [content, bytes] of contents) {
      expect(await logged((r) => r.respond(201, content))).toMatchObject({ status: 201, bytes });
    }
    const streamed = await logged(async (r) => {
      const writer = await r.sendHeaders({}, 202);
      await writer.write("é");
      await writer.write(new Uint8Array(2));
      await writer.close();
    });
    expect(streamed).toMatchObject({ status: 202, bytes: 4 });
  });

  it("counts nothing for HEAD, and what has left when the client goes", async () => {
    expect(await logged((r) => r.respond(200, "text"), request("HEAD"))).toMatchObject({ bytes: 0 });
    expect(await logged((r) => r.respond(200, pieces()), request("GET", 3))).toMatchObject({
      status: 200,
      bytes: 20,
    });
  });

  it("reports 500 where the callback failed or never answered", async () => {
    const fail = (): never => {
      throw new Error("no");
    };
    expect(await logged(fail)).toMatchObject({ status: 500 });
    expect(await logged(() => {})).toMatchObject({ status: 500 });
    expect(await logged((r) => r.respond(999))).toMatchObject({ status: 500 });
  });
});
