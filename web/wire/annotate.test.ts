import { describe, expect, test } from "vitest";
import fc from "../../src/testing/fast-check.ts";
import { Annotator, Dialogue, type Side } from "./annotate.ts";
import type { Item } from "./items.ts";

const encoder = new TextEncoder();
/** Each octet a character, for bytes that are no text. */
const octets = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** What each side's bytes mean, fed whole; the client speaks first. */
function conversation(request: string, response = ""): { toServer: Item[]; toClient: Item[] } {
  const dialogue = new Dialogue();
  const feed = (side: Side, text: string) => {
    const annotator = new Annotator(side, dialogue);
    annotator.feed(octets(text));
    return annotator.items.within(0, text.length);
  };
  return { toServer: feed("request", request), toClient: feed("response", response) };
}

const kinds = (items: readonly Item[]) => items.map(({ kind }) => kind).join(" ");
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

describe("heads", () => {
  test("a request is a line, fields and the end of the section, each in its place", () => {
    const { toServer } = conversation(GET);
    expect(toServer).toMatchObject([
      { kind: "request-line", from: 0, to: 16, detail: "GET / HTTP/1.1" },
      { kind: "field", from: 16, to: 25, detail: "Host: a" },
      { kind: "blank", from: 25, to: 27 },
    ]);
    expect(toServer[0]?.tokens).toEqual([
      { from: 0, to: 3, role: "name" },
      { from: 4, to: 5, role: "value" },
      { from: 6, to: 14, role: "punctuation" },
    ]);
    expect(toServer[1]?.tokens).toEqual([
      { from: 16, to: 20, role: "name" },
      { from: 20, to: 22, role: "punctuation" },
      { from: 22, to: 23, role: "value" },
    ]);
  });

  test("a head that no server would take is flagged as a whole, with the reason", () => {
    const { toServer } = conversation("GET / HTTP/1.1\r\nBroken Name: x\r\n\r\nmore");
    expect(toServer[0]).toMatchObject({ kind: "problem", from: 0, to: 34 });
    expect(toServer[0]?.detail).not.toBe("");
    expect(toServer.at(-1)).toMatchObject({ kind: "unknown", from: 34, to: 38 });
  });

  test("requests that follow each other are told apart, empty lines between them too", () => {
    const { toServer } = conversation(`${GET}\r\n${GET}`);
    expect(kinds(toServer)).toBe("request-line field blank blank request-line field blank");
    expect(toServer[3]?.label).toBe("Empty line before the start line");
  });

  test("a line without an end is given up", () => {
    const { toServer } = conversation("G".repeat(70_000));
    expect(toServer).toMatchObject([{ kind: "problem", detail: "A line without an end" }]);
  });
});

describe("bodies", () => {
  test("a body of known length ends where it says", () => {
    const { toServer } = conversation(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello${GET}`);
    expect(kinds(toServer)).toBe("request-line field field blank body request-line field blank");
    expect(toServer[4]).toMatchObject({ label: "Body", from: 47, to: 52 });
  });

  test("chunks have sizes, data, ends and trailers", () => {
    const { toClient } = conversation(
      GET,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    );
    expect(kinds(toClient)).toBe(
      "status-line field blank chunk-size chunk-data chunk-end chunk-size trailer blank status-line blank",
    );
    expect(toClient[3]?.label).toBe("Chunk of 3 bytes");
    expect(toClient[6]?.label).toBe("Last chunk");
  });

  test("what is no chunk size is said, and nothing after it is guessed", () => {
    const { toClient } = conversation(GET, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc");
    expect(kinds(toClient)).toBe("status-line field blank problem unknown");
  });

  test("without a length a response goes on until the connection closes", () => {
    const { toClient } = conversation(GET, "HTTP/1.1 200 OK\r\n\r\nall of it\r\n");
    expect(toClient.at(-1)).toMatchObject({ kind: "body", label: "Body, until the connection closes" });
  });

  test("the answer to HEAD has no body, whatever its length field says; the next one has", () => {
    const head = GET.replace("GET", "HEAD");
    const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    const { toClient } = conversation(head + GET, `${answer}${answer}ok`);
    expect(kinds(toClient)).toBe("status-line field blank status-line field blank body");
  });

  test("an interim response is not the answer", () => {
    const answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
    const { toClient } = conversation(
      GET.replace("GET", "HEAD") + GET,
      `HTTP/1.1 100 Continue\r\n\r\n${answer}${answer}x`,
    );
    expect(kinds(toClient)).toBe("status-line blank status-line field blank status-line field blank body");
  });
});

test("after 101 both directions are frames, masked ones read through their key", () => {
  const dialogue = new Dialogue();
  const client = new Annotator("request", dialogue);
  const server = new Annotator("response", dialogue);
  const upgrade = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  client.feed(octets(upgrade));
  server.feed(octets(`${answer}\x81\x02hi`));
  const masked = [...encoder.encode("yo!")].map((byte, index) => byte ^ (index + 1));
  client.feed(Uint8Array.from([0x81, 0x83, 1, 2, 3, 4, ...masked]));
  expect(server.items.within(answer.length, answer.length + 4)).toMatchObject([
    { kind: "frame-header", label: "Frame: text, 2 bytes" },
    { kind: "frame-payload", detail: "hi" },
  ]);
  expect(client.items.within(upgrade.length, upgrade.length + 9)).toMatchObject([
    { kind: "frame-header", label: "Frame: text, 3 bytes", detail: "masked" },
    { kind: "frame-payload", detail: "yo!" },
  ]);
});

test("however the bytes are cut, they mean the same, and every byte is in an item", () => {
  const samples = [
    `${GET}POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${GET}`,
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n2\r\nef\r\n0\r\nA: b\r\n\r\n",
    "GET / HTTP/1.1\nHost : a\n\nrest",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.array(fc.nat(120), { maxLength: 12 }), (text, cuts) => {
      const whole = new Annotator("request", new Dialogue());
      whole.feed(octets(text));
      const cut = new Annotator("request", new Dialogue());
      const places = [0, ...cuts.map((at) => at % text.length), text.length].sort((a, b) => a - b);
      for (let index = 1; index < places.length; index++)
        cut.feed(octets(text).subarray(places[index - 1], places[index]));
      const items = whole.items.within(0, text.length);
      expect(cut.items.within(0, text.length)).toEqual(items);
      for (let at = 0; at < text.length; at++)
        expect(items.some(({ from, to }) => from <= at && at < to)).toBe(true);
    }),
  );
});
