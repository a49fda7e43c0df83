import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "./limits.ts";
import { RequestReader } from "./request-reader.ts";

// Scenario: a callback hands its body to a worker as what it is, memory. The chunk that the body came in goes with it,
// and that holds the head which the octets of every other connection are held against.

const AGENT = `User-Agent: ${"long enough for its octets to be compared by the platform ".repeat(2)}`;
const post = (agent: string) => `POST / HTTP/1.1\r\nHost: a\r\n${agent}\r\nContent-Length: 3\r\n\r\nabc`;
/** Chunks of their own memory, as Node's sockets bring and as others do. */
const kinds: [string, (text: string) => Uint8Array][] = [
  ["Buffer", (text) => Buffer.from(new TextEncoder().encode(text).slice().buffer)],
  ["Uint8Array", (text) => new TextEncoder().encode(text).slice()],
];

function transferBody(reader: RequestReader): void {
  const body = reader.readBody() as Uint8Array<ArrayBuffer>;
  expect(reader.readBody()).toBe("end");
  structuredClone(body, { transfer: [body.buffer] });
}

describe.each(kinds)("a chunk, a %s, that a body's receiver has transferred", (_, chunk) => {
  it.each([
    ["short", "A: 1"],
    ["long", AGENT],
  ])("takes no %s head with it", (_length, agent) => {
    const heads = {};
    const one = new RequestReader(DEFAULT_LIMITS, heads);
    one.feed(chunk(post(agent)));
    const first = one.readHead();
    transferBody(one);
    for (const reader of [one, new RequestReader(DEFAULT_LIMITS, heads)]) {
      reader.feed(chunk(post(agent)));
      const again = reader.readHead();
      expect(again).toMatchObject({ method: "POST", framing: 3 });
      expect(again).not.toBe(first);
      expect(reader.readBody()).toHaveLength(3);
      expect(reader.readBody()).toBe("end");
    }
  });

  it.each([
    ["short", "A: 1"],
    ["long", AGENT],
  ])("is not read on as a %s head that was in it", (_length, agent) => {
    const reader = new RequestReader(DEFAULT_LIMITS);
    reader.feed(chunk(post(agent) + post(agent)));
    expect(reader.readHead()).toBeDefined();
    transferBody(reader);
    expect(() => reader.readHead()).toThrow(expect.objectContaining({ code: "InvalidRequestLine" }));
    // Nor where that head is known from another chunk.
    const other = new RequestReader(DEFAULT_LIMITS);
    other.feed(chunk(post(agent)));
    const first = other.readHead();
    other.readBody();
    other.readBody();
    other.feed(chunk(post(agent) + post(agent)));
    expect(other.readHead()).toBe(first);
    transferBody(other);
    expect(() => other.readHead()).toThrow(expect.objectContaining({ code: "InvalidRequestLine" }));
  });
});
