import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../../../http1/headers.ts";
import { VirtualNetwork } from "../../virtual/index.ts";
import type { FirstBytes } from "../protocol.ts";
import { RequestWriter } from "./request-writer.ts";

const octets = (text: string) => new TextEncoder().encode(text);
const first = (text: string, whole: boolean): FirstBytes => ({
  bytes: octets(text).buffer as ArrayBuffer,
  whole,
});

/** A writer, and all that it sends to a socket once `sent` is called. */
async function writing(method: string, body: FirstBytes | null) {
  const network = new VirtualNetwork();
  const listener = await network.listen({ port: 80 });
  const socket = await network.connect({ host: "localhost", port: 80 });
  const peer = await listener.accept();
  let text = "";
  const ended = new Promise<void>((resolve) => {
    peer.open({
      onData: (bytes) => {
        text += new TextDecoder("latin1").decode(bytes);
      },
      onEnd: resolve,
      onDrain: () => undefined,
      onClose: () => undefined,
    });
  });
  socket.open({ onData() {}, onEnd() {}, onDrain() {}, onClose() {} });
  const writer = new RequestWriter(method, "/x", new HttpHeaders({ Host: "a", "X-Name": "\u00e9" }), body);
  return {
    writer,
    socket,
    async sent() {
      socket.end();
      await ended;
      return text;
    },
  };
}

describe("one request onto a socket", () => {
  test("a body that is whole goes by its length, field values as octets", async () => {
    const { writer, socket, sent } = await writing("POST", first("hello", true));
    writer.begin(socket);
    expect(writer.complete).toBe(true);
    expect(await sent()).toBe(
      "POST /x HTTP/1.1\r\nHost: a\r\nX-Name: \u00e9\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    );
  });

  test("no body: none for GET, an empty one for POST", async () => {
    const get = await writing("GET", null);
    get.writer.begin(get.socket);
    expect(await get.sent()).not.toMatch(/content-length|transfer-encoding/i);
    const post = await writing("POST", null);
    post.writer.begin(post.socket);
    expect(await post.sent()).toContain("Content-Length: 0\r\n");
  });

  test("a body that comes in parts is chunked, what came before the socket in order", async () => {
    const { writer, socket, sent } = await writing("PUT", first("one", false));
    expect(writer.write(octets("two"))).toBe(0);
    expect(writer.begin(socket)).toBe(3);
    expect(writer.write(octets("three"))).toBe(5);
    expect(writer.complete).toBe(false);
    writer.end();
    expect(writer.complete).toBe(true);
    expect((await sent()).split("\r\n\r\n").slice(1).join("\r\n\r\n")).toBe(
      "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n",
    );
  });

  test.each([
    ["cut as before", ["ab", "cd", "ef", "gh"]],
    ["cut otherwise", ["a", "bcdefg", "h"]],
    ["whole", ["abcdefgh"]],
  ])("a body that comes again, %s, goes on where it was", async (_, parts) => {
    const { writer, socket, sent } = await writing("PUT", first("ab", false));
    writer.begin(socket);
    writer.write(octets("cd"));
    const [begin = "", ...rest] = parts;
    expect(writer.matches(first(begin, rest.length === 0))).toBe(true);
    writer.restart(first(begin, rest.length === 0));
    for (const part of rest) writer.write(octets(part));
    writer.end();
    const chunks = (await sent()).split("\r\n\r\n").slice(1).join("\r\n\r\n").split("\r\n");
    expect(chunks.filter((_, index) => index % 2 === 1).join("")).toBe("abcdefgh");
  });

  test("a body is another one when it differs, is shorter, or goes on where the first ended", async () => {
    const { writer } = await writing("POST", first("hello", true));
    expect(writer.matches(first("hello", true))).toBe(true);
    expect(writer.matches(first("he", false))).toBe(true);
    expect(writer.matches(first("hallo", true))).toBe(false);
    expect(writer.matches(first("he", true))).toBe(false);
    expect(writer.matches(first("hello there", false))).toBe(false);
    expect(writer.matches(null)).toBe(false);
  });
});
