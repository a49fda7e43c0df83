import { describe, expect, test } from "vitest";
import type { RequestCallback } from "../server/types.ts";
import { served } from "../testing/exchange.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/turn.ts";
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

/** What is logged of a callback's answer, and what a client got of it. */
async function logged(callback: RequestCallback, headers: Record<string, string> = {}, method = "GET") {
  const entries: [number, number][] = [];
  const log = (_line: string, { status, bytes }: LogEntry) => entries.push([status, bytes]);
  await using server = await served(logger(callback, { log }));
  const answer = await server.ask(headers, method);
  await expect.poll(() => entries.length).toBe(1);
  return { ...answer, entry: entries[0], errors: server.errors };
}

test("a Blob goes on saying its type and its length", async () => {
  const blob = () => new Blob(["12345"], { type: "text/html" });
  const { headers, entry } = await logged((request) => request.respond(200, blob()));
  expect(headers).toMatchObject({ "content-type": blob().type, "content-length": "5" });
  expect(entry).toEqual([200, 5]);
  const head = await logged((request) => request.respond(200, blob(), { "content-type": "a/b" }), {}, "HEAD");
  expect(head.headers).toMatchObject({ "content-type": "a/b", "content-length": "5" });
  expect(head.entry).toEqual([200, 0]);
  const none = await logged((request) => request.respond(204, blob()));
  expect([none.headers["content-length"], none.entry]).toEqual([undefined, [204, 0]]);
});

test("an answer is logged as it was given, whatever else was tried", async () => {
  const tries: RequestCallback = async (request) => {
    await request.respond(200, "too bad", { "not a name": "" }).catch(() => {});
    await request.respond(201, "five5");
    await request.respond(202, "nothing of it").catch(() => {});
  };
  expect((await logged(tries)).entry).toEqual([201, 5]);
  const refused = await logged((request) => request.respond(200, "too bad", { "not a name": "" }));
  expect([refused.status, refused.entry]).toEqual([500, [500, 0]]);
  const wrong = await logged((request) => request.respond(200, 5 as never));
  expect([wrong.status, wrong.entry]).toEqual([500, [500, 0]]);
  expect((await logged((request) => request.respond(304, "no content"))).entry).toEqual([304, 0]);
});

test("an answer that nobody waited for is logged when it is out", async () => {
  async function* slowly() {
    for (const piece of ["a", "b"]) {
      await settled();
      yield piece;
    }
  }
  const { body, entry } = await logged((request) => void request.respond(200, slowly()));
  expect([body.length, entry]).toEqual([2, [200, 2]]);
  const refused = await logged((request) => void request.respond(99, "text"));
  expect([refused.status, refused.entry, refused.errors]).toEqual([
    500,
    [500, 0],
    [expect.objectContaining({ code: "InvalidStatus" })],
  ]);
});

test("a stream that was broken off is logged with what had left of it", async () => {
  const entries: LogEntry[] = [];
  let cancelled = false;
  const waiting = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        cancelled = true;
      },
    });
  const log = (_line: string, entry: LogEntry) => entries.push(entry);
  await using server = await served(logger((request) => request.respond(200, waiting()), { log }));
  const client = await server.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.read("a\r\n");
  client.destroy();
  await expect.poll(() => cancelled).toBe(true);
  await expect.poll(() => entries).toMatchObject([{ status: 200, bytes: 10 }]);
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
