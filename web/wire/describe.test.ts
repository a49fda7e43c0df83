import { expect, test } from "vitest";
import type { TapEvent } from "../../src/socket/tap.ts";
import { describeRow, sizeOf, timeOf } from "./describe.ts";
import { Recorder } from "./recorder.ts";

const local = { address: "10.0.0.1", port: 50_000, family: "virtual" } as const;
const remote = { address: "10.0.0.1", port: 8080, family: "virtual" } as const;

/** Rows of a connection that says these things, each a segment of its own. */
function rowsOf(...said: readonly ["client" | "server", string][]): string[] {
  const recorder = new Recorder(() => {});
  let time = 0;
  const observe = (event: object) => recorder.observe({ time: time++, connection: 1, ...event } as TapEvent);
  observe({ type: "open", end: "client", local, remote });
  for (const [from, text] of said) {
    const bytes = new TextEncoder().encode(text);
    const to = from === "client" ? "server" : "client";
    observe({ type: "sent", end: from, bytes });
    observe({ type: "received", end: to, bytes });
  }
  return recorder.rows.map(describeRow);
}

test("a segment is told by what is in it: start line, fields, body", () => {
  expect(
    rowsOf(
      ["client", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"],
      ["server", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
      ["server", "0\r\nWork-Done: 3\r\n\r\n"],
    ),
  ).toEqual([
    "connection 1 to port 8080 opened",
    "POST / HTTP/1.1 · 2 fields · body 5 B",
    "HTTP/1.1 200 OK · 1 field · chunk of 3 bytes · data 3 B",
    "last chunk · trailer Work-Done: 3",
  ]);
});

test("pieces of lines and ends of sections have words too", () => {
  expect(
    rowsOf(["client", "GET /"], ["client", " HTTP/1.1\r\nHost: a\r\n"], ["client", "\r\n"]).slice(1),
  ).toEqual(["GET / HTTP/1.1", "GET / HTTP/1.1 · 1 field", "end of a section"]);
});

test("what is not valid comes first", () => {
  const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const [, , , chunk] = rowsOf(
    ["client", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["server", head],
    ["server", "3\r\nabcde\r\n"],
  );
  expect(chunk).toMatch(/^not valid: .* · chunk of 3 bytes · data 3 B/);
  expect(rowsOf(["client", "GET / HTTP/1.1\r\nA B: c\r\n\r\n"])[1]).toMatch(
    /^not valid: .+ · .*GET \/ HTTP\/1\.1/,
  );
});

test("sizes and times have a unit that fits", () => {
  expect([9999, 10_000, 250_000, 12_345_678].map(sizeOf)).toEqual(["9999 B", "10.0 kB", "250 kB", "12.3 MB"]);
  expect([0.4, 9999, 12_340].map(timeOf)).toEqual(["0 ms", "9999 ms", "12.3 s"]);
});
