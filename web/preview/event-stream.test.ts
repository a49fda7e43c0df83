import { describe, expect, test } from "vitest";
import { EventStreamReader, type StreamEvent } from "./event-stream.ts";

/** What is read of a text that comes in parts of so many bytes. */
function read(text: string, size: number): { events: StreamEvent[]; retries: number[] } {
  const events: StreamEvent[] = [];
  const retries: number[] = [];
  const reader = new EventStreamReader(
    "0",
    (event) => events.push(event),
    (ms) => retries.push(ms),
  );
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
  return { events, retries };
}

const message = (data: string, id = "0") => ({ type: "message", data, id });

describe.each([1, 2, 3, 1000])("a stream of events in parts of %d bytes", (size) => {
  test.each([
    ["LF", "\n"],
    ["CR LF", "\r\n"],
    ["CR", "\r"],
  ])("has its lines, which end with %s", (_name, end) => {
    const lines = ["data: a", "data: b", "", "event: x", "id: 7", "data:c", "", ": idle", "", "data", "", ""];
    expect(read(lines.join(end), size).events).toEqual([
      message("a\nb"),
      { type: "x", data: "c", id: "7" },
      message("", "7"),
    ]);
  });

  test("has all characters, those that are line ends elsewhere too", () => {
    expect(read("\ufeffdata: a\u2028b é😀\n\n", size).events).toEqual([message("a\u2028b é😀")]);
  });

  test("has lines that end in different ways", () => {
    expect(
      read("data: 1\r\n\ndata: 2\n\r\ndata: 3\r\rdata: 4\n\r", size).events.map(({ data }) => data),
    ).toEqual(["1", "2", "3", "4"]);
  });

  test("says how long to wait, and leaves out what is not whole", () => {
    expect(read("retry: 50\nretry: 1e3\nid: a\0b\ndata: 1\n\ndata: lost\n", size)).toEqual({
      events: [message("1")],
      retries: [50],
    });
  });
});
