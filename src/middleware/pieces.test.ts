import { afterEach, beforeEach, expect, test } from "vitest";
import { served } from "../testing/exchange.ts";
import { compress } from "./compress.ts";
import { logger } from "./logger.ts";
import { serverSentEvents } from "./server-sent-events.ts";

const TEXT = "Streams can't be iterated in Safari. ".repeat(100);
const streams = ReadableStream.prototype;
const own = Object.getOwnPropertyDescriptor(streams, Symbol.asyncIterator);

beforeEach(() => {
  delete (streams as Partial<typeof streams>)[Symbol.asyncIterator];
});
afterEach(() => {
  if (own) Object.defineProperty(streams, Symbol.asyncIterator, own);
});

const bytes = () => new TextEncoder().encode(TEXT);

test.each([
  ["a stream", () => new Response(bytes()).body],
  ["a Blob", () => new Blob([bytes()])],
] as const)("%s is logged, compressed or not", async (_, content) => {
  const sent: number[] = [];
  const log = (_line: string, entry: { bytes: number }) => sent.push(entry.bytes);
  await using server = await served(
    logger(
      compress((request) => request.respond(200, content(), { "Content-Type": "text/plain" })),
      { log },
    ),
  );
  const plain = await server.ask();
  const short = await server.ask({ "Accept-Encoding": "gzip" });
  expect(new TextDecoder().decode(plain.body)).toBe(TEXT);
  expect(short.headers["content-encoding"]).toBe("gzip");
  await expect.poll(() => sent).toEqual([TEXT.length, short.body.length]);
  expect(server.errors).toEqual([]);
});

test("null is no stream of events: a callback may give it", async () => {
  await using server = await served(serverSentEvents((() => null) as never));
  expect(new TextDecoder().decode((await server.ask()).body)).toBe(":\n\n");
  expect(server.errors).toEqual([]);
});

test("a stream of events is sent, and cancelled when the client goes", async () => {
  let cancelled = false;
  const events = () =>
    new ReadableStream<string>({
      pull: (controller) => controller.enqueue("tick"),
      cancel: () => {
        cancelled = true;
      },
    }) as AsyncIterable<string>;
  await using server = await served(serverSentEvents(events));
  const client = await server.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.read("data: tick");
  client.destroy();
  await expect.poll(() => cancelled).toBe(true);
});
