import { describe, expect, test } from "vitest";
import type { RequestCallback } from "../server/types.ts";
import { served } from "../testing/exchange.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { compress } from "./compress.ts";
import type { LogEntry } from "./log-line.ts";
import { logger } from "./logger.ts";
import { serverSentEvents } from "./server-sent-events.ts";

test("logs a line for each request, with the bytes that compression left", async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  const lines: string[] = [];
  const bytes: number[] = [];
  const log = (line: string, entry: { bytes: number }) => {
    lines.push(line);
    bytes.push(entry.bytes);
  };
  await using server = await served(
    logger(
      compress((request) => request.respond(200, "a".repeat(5000))),
      { log, clock },
    ),
  );
  const { body } = await server.ask({ "User-Agent": "test", "Accept-Encoding": "gzip" });
  await expect.poll(() => bytes).toEqual([body.length]);
  expect(lines).toEqual([
    expect.stringMatching(
      /^\S+ - - \[02\/Jan\/2026:03:04:05 \+0000\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "test" 0\.0ms$/,
    ),
  ]);
});

describe("tells of", () => {
  const entryOf = async (callback: RequestCallback, fields = "") => {
    const entries: LogEntry[] = [];
    await using server = await served(logger(callback, { log: (_, entry) => entries.push(entry) }));
    await server.send(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
    await expect.poll(() => entries).toHaveLength(1);
    return entries[0];
  };

  test("the server's own answer where the callback's was refused, and of one answer where it gave two", async () => {
    const refused = entryOf((request) => request.respond(200, "text", { "no name": "" }));
    expect(await refused).toMatchObject({ status: 500, bytes: 0 });
    const twice = entryOf(async (request) => {
      await request.respond(201, "text");
      await request.respond(200, "more");
    });
    expect(await twice).toMatchObject({ status: 201, bytes: 4 });
  });

  test("an answer that broke off, with what had left", async () => {
    const pieces = async function* () {
      yield "abc";
      throw new Error("no more");
    };
    expect(await entryOf((request) => request.respond(200, pieces()))).toMatchObject({
      status: 200,
      bytes: 3,
    });
    const large = new Uint8Array(5_000_000);
    const gone = entryOf(async (request) => {
      const answering = request.respond(200, large);
      request.client.destroy();
      await answering;
    });
    expect(await gone).toMatchObject({ status: 200, bytes: large.length });
  });

  test("another protocol", async () => {
    const upgrade = "Connection: Upgrade\r\nUpgrade: echo\r\n";
    expect(await entryOf(async (request) => (await request.upgrade("echo")).end(), upgrade)).toMatchObject({
      status: 101,
      bytes: 0,
    });
  });
});

test.each<readonly [string, (callback: never) => unknown]>([
  ["logger", logger],
  ["compress", compress],
  ["serverSentEvents", serverSentEvents],
])("%s refuses what is no callback at once, not at the first request", (_name, wrap) => {
  for (const missing of [undefined, null, "callback"] as never[]) {
    expect(() => wrap(missing)).toThrow(expect.objectContaining({ code: "InvalidOption" }));
  }
});
