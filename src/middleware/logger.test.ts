import { expect, test } from "vitest";
import { served } from "../testing/exchange.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { compress } from "./compress.ts";
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

test.each<readonly [string, (callback: never) => unknown]>([
  ["logger", logger],
  ["compress", compress],
  ["serverSentEvents", serverSentEvents],
])("%s refuses what is no callback at once, not at the first request", (_name, wrap) => {
  for (const missing of [undefined, null, "callback"] as never[]) {
    expect(() => wrap(missing)).toThrow(expect.objectContaining({ code: "InvalidOption" }));
  }
});
