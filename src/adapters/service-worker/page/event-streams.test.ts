import { describe, expect, test } from "vitest";
import { FakeClock } from "../../../testing/index.ts";
import type { FetchDescription } from "../protocol.ts";
import { EventStreams } from "./event-streams.ts";

const source: FetchDescription = {
  port: 80,
  method: "GET",
  target: "/events",
  headers: [["accept", "text/event-stream"]],
  referrer: "",
  mode: "cors",
  destination: "",
  credentials: "same-origin",
  client: "tab",
};
const octets = (text: string) => new TextEncoder().encode(text);

function begin() {
  const clock = new FakeClock();
  const streams = new EventStreams(clock);
  /** A stream of these pieces that its server ends. */
  const streamed = (pieces: readonly string[], fetch = source) => {
    const stream = streams.follow(fetch, "text/event-stream; charset=utf-8", streams.take(fetch));
    for (const piece of pieces) stream?.feed(octets(piece));
    stream?.over();
  };
  const takenAfter = async (ms: number, fetch = source) => {
    await clock.advance(ms);
    return streams.take(fetch)?.id;
  };
  return { clock, streams, streamed, takenAfter };
}

describe("a source that connects again", () => {
  test.each([
    ["the last id", ["id: 1\ndata: a\n\nid:2\ndata: b\n\n"], "2"],
    ["one that comes in pieces, with every end of a line", ["i", "d: 1\r", "\nid: 2\r\r"], "2"],
    ["none that no event has come with", ["id: 1\n\nid: 2\n"], "1"],
    ["its octets, when it is no ASCII", ["id: \u00e4\n\n"], "\u00c3\u00a4"],
    ["none with a zero in it", ["id: 1\n\nid: 2\0\n\n"], "1"],
    ["that of a stream that begins with a mark", ["\ufeffid: 1\n\n"], "1"],
    ["none after an empty one", ["id: 1\n\nid\n\n"], undefined],
    ["none of a data line that looks like one", ["data: x\ndata:id: 1\n:id: 2\nidea: 3\n\n"], undefined],
  ])("says %s", async (_, pieces, id) => {
    const { streamed, takenAfter } = begin();
    streamed(pieces);
    expect(await takenAfter(3_000)).toBe(id);
  });

  test("says it once, and keeps it over a stream without any", async () => {
    const { clock, streamed, takenAfter } = begin();
    streamed(["retry: 10\nid: 1\n\n"]);
    await clock.advance(10);
    streamed(["data: none\n\n"]);
    expect(await takenAfter(10)).toBe("1");
    expect(await takenAfter(0)).toBeUndefined();
  });

  test("is known by when it comes: before and long after that it is another one", async () => {
    const { streamed, takenAfter } = begin();
    streamed(["retry: 1000\nid: 1\n\n"]);
    expect(await takenAfter(900)).toBeUndefined();
    expect(await takenAfter(100)).toBe("1");
    streamed(["retry: 1000\nid: 1\n\n"]);
    expect(await takenAfter(6_001)).toBeUndefined();
  });

  test("is of the same client and asks for the same; a fetch that says an id itself is left alone", async () => {
    const { streamed, takenAfter } = begin();
    streamed(["id: 1\n\n"]);
    expect(await takenAfter(3_000, { ...source, client: "other" })).toBeUndefined();
    expect(await takenAfter(0, { ...source, target: "/other" })).toBeUndefined();
    expect(await takenAfter(0, { ...source, headers: [["accept", "*/*"]] })).toBeUndefined();
    const own = [...source.headers, ["last-event-id", "0"] as const];
    expect(await takenAfter(0, { ...source, headers: own })).toBeUndefined();
    expect(await takenAfter(0)).toBe("1");
  });

  test("gets nothing from an answer that is no event stream", () => {
    expect(begin().streams.follow(source, "text/plain")).toBeUndefined();
  });
});
