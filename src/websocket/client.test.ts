import { describe, expect, test } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import type { Listener } from "../socket/index.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/turn.ts";
import { closePayload, frame, parseFrames } from "../testing/websocket-frames.ts";
import { WireClient } from "../testing/wire-client.ts";
import { type CreateWebSocketOptions, createWebSocket } from "./client.ts";
import { acceptKey } from "./handshake.ts";

/** A server that speaks bytes, on port 80 of `names`. */
async function network(options: CreateWebSocketOptions = {}) {
  const virtual = new VirtualNetwork({ names: ["chat.example"] });
  const listener: Listener = await virtual.listen({ port: 80 });
  const clock = new FakeClock();
  const WebSocket = createWebSocket(virtual, { clock, ...options });
  return { WebSocket, clock, listener, virtual, accept: async () => new WireClient(await listener.accept()) };
}

/** A client that has sent its handshake, and the server's end of it. */
async function begun(options: CreateWebSocketOptions = {}, protocols: string[] = []) {
  const { WebSocket, accept, clock } = await network(options);
  const client = new WebSocket("ws://chat.example/room?a=b", protocols);
  const log: string[] = [];
  client.onopen = () => log.push("open");
  client.onmessage = ({ data }) => log.push(`message ${data}`);
  client.onerror = () => log.push("error");
  client.onclose = ({ code, wasClean }) => log.push(`close ${code} ${wasClean}`);
  const server = await accept();
  const request = await server.read("\r\n\r\n");
  const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)?.[1] ?? "";
  return { client, server, request, key, log, clock };
}

const answer = (key: string, more = "") =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n${more}\r\n`;

describe("the constructor", () => {
  test("wants a URL, and send a message, as the platform's do", async () => {
    const { WebSocket } = await network();
    const construct = WebSocket as unknown as new () => WebSocket;
    expect(() => new construct()).toThrow(TypeError);
    const { client, server, key } = await begun();
    await server.send(answer(key));
    await settled();
    const send = client.send as () => void;
    expect(() => send.call(client)).toThrow(TypeError);
    client.send(undefined as unknown as string);
    await settled();
    expect(parseFrames(server.bytes.subarray(server.text.indexOf("\r\n\r\n") + 4))).toHaveLength(1);
  });

  test("is WebSocket to who looks at it", async () => {
    const { WebSocket } = await network();
    expect([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED]).toEqual([0, 1, 2, 3]);
    const client = new WebSocket("ws://chat.example/");
    expect([client.CONNECTING, client.OPEN, client.CLOSING, client.CLOSED]).toEqual([0, 1, 2, 3]);
    expect(client).toBeInstanceOf(EventTarget);
    expect(client).toBeInstanceOf(WebSocket);
    expect(WebSocket.name).toBe("WebSocket");
    expect(String(client)).toBe("[object WebSocket]");
    expect(client).toMatchObject({
      readyState: 0,
      protocol: "",
      extensions: "",
      binaryType: "blob",
      bufferedAmount: 0,
    });
    client.close();
  });

  test.each([
    ["ws://chat.example", "ws://chat.example/"],
    ["http://chat.example/a b", "ws://chat.example/a%20b"],
    ["https://chat.example/", "wss://chat.example/"],
    ["WS://CHAT.example:80/", "ws://chat.example/"],
  ])("resolves %s", async (given, url) => {
    const { WebSocket } = await network();
    const client = new WebSocket(given);
    expect(client.url).toBe(url);
    client.close();
  });

  test.each([
    "",
    "ftp://chat.example/",
    "ws://chat.example/#",
    "ws://chat.example/#a",
    "ws://",
    "mailto:a@chat.example",
  ])("refuses the URL %j", async (url) => {
    const { WebSocket } = await network();
    // In a page "" is the page's own address.
    if (url === "" && globalThis.location !== undefined) return;
    expect(() => new WebSocket(url)).toThrow(expect.objectContaining({ name: "SyntaxError" }));
  });

  test.each([["a", "a"], [""], ["a b"], ["é"], ["a,b"]])(
    "refuses the subprotocols %j",
    async (...protocols) => {
      const { WebSocket } = await network();
      expect(() => new WebSocket("ws://chat.example/", protocols)).toThrow(
        expect.objectContaining({ name: "SyntaxError" }),
      );
    },
  );

  test("send throws while connecting", async () => {
    const { WebSocket } = await network();
    const client = new WebSocket("ws://chat.example/");
    expect(() => client.send("x")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    client.close();
  });
});

describe("the opening handshake (RFC 6455 section 4.1)", () => {
  test("is a request with a random key, the subprotocols and the extensions", async () => {
    const { request } = await begun({ headers: { Cookie: "a=1", Origin: "https://page.example" } }, [
      "one",
      "two",
    ]);
    expect(request).toMatch(/^GET \/room\?a=b HTTP\/1\.1\r\nHost: chat\.example\r\n/);
    expect(request).toMatch(/\r\nUpgrade: websocket\r\n/);
    expect(request).toMatch(/\r\nConnection: Upgrade\r\n/);
    expect(request).toMatch(/\r\nSec-WebSocket-Version: 13\r\n/);
    expect(request).toMatch(/\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n/);
    expect(request).toMatch(/\r\nSec-WebSocket-Protocol: one, two\r\n/);
    expect(request).toMatch(/\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n/);
    expect(request).toMatch(/\r\nCookie: a=1\r\n/);
    expect(request.match(/\r\nOrigin: https:\/\/page\.example\r\n/g)).toHaveLength(1);
  });

  test.each([{ maxUnsentBytes: Number.NaN }, { closeTimeoutMs: -1 }, { handshakeTimeoutMs: Number.NaN }])(
    "can't be made with an option out of range: %o",
    (options) => {
      expect(() => createWebSocket(new VirtualNetwork(), options)).toThrow(RangeError);
    },
  );

  test("offers no extension where none is wanted", async () => {
    const { request } = await begun({ perMessageDeflate: false });
    expect(request).not.toMatch(/extensions/i);
  });

  test.each(["whole", "bytes"] as const)(
    "opens on the right answer, %s, and reads what came with it",
    async (pace) => {
      const { client, server, key, log } = await begun({}, ["one"]);
      const message = frame({ opcode: 1, payload: "early" });
      const head = new TextEncoder().encode(
        `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${answer(key, "Sec-WebSocket-Protocol: one\r\n")}`,
      );
      await server.send(new Uint8Array([...head, ...message]), pace);
      await settled();
      expect(log).toEqual(["open", "message early"]);
      expect(client).toMatchObject({ readyState: 1, protocol: "one", extensions: "" });
      client.send("masked");
      await server.read(12);
      expect(parseFrames(server.bytes.slice(server.text.indexOf("\r\n\r\n") + 4))).toMatchObject([
        { first: 0x81, masked: true },
      ]);
      client.close(3000);
      await server.send(frame({ opcode: 8, payload: closePayload(3000) }));
      server.end();
      await settled();
      expect(log.slice(2)).toEqual(["close 3000 true"]);
    },
  );

  const wrongAnswers: [string, (key: string) => string][] = [
    ["200", () => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    [
      "200 and everything else that is wanted",
      (key) => answer(key).replace("101 Switching Protocols", "200 OK"),
    ],
    ["a redirect", () => "HTTP/1.1 302 Found\r\nLocation: ws://chat.example/\r\nContent-Length: 0\r\n\r\n"],
    ["HTTP/1.0", (key) => answer(key).replace("1.1", "1.0")],
    ["no HTTP", () => "SSH-2.0-OpenSSH_9.9\r\n\r\n"],
    ["no Upgrade", (key) => answer(key).replace("Upgrade: websocket\r\n", "")],
    ["another Upgrade", (key) => answer(key).replace("Upgrade: websocket", "Upgrade: h2c")],
    ["no Connection", (key) => answer(key).replace("Connection: Upgrade\r\n", "")],
    ["another key's answer", (key) => answer(`${key}x`)],
    ["no answer to the key", (key) => answer(key).replace(/Sec-WebSocket-Accept.*\r\n/, "")],
    ["an unasked subprotocol", (key) => answer(key, "Sec-WebSocket-Protocol: x\r\n")],
    ["an unasked extension", (key) => answer(key, "Sec-WebSocket-Extensions: x\r\n")],
    [
      "parameters that were not offered",
      (key) => answer(key, "Sec-WebSocket-Extensions: permessage-deflate; x\r\n"),
    ],
  ];

  test.each(wrongAnswers)("%s fails the connection", async (_, respond) => {
    const { client, server, key, log } = await begun();
    await server.send(respond(key));
    await settled();
    expect(log).toEqual(["error", "close 1006 false"]);
    expect(client.readyState).toBe(3);
    expect(server.state).toBe("reset");
  });

  test("a server that takes none of the offered subprotocols fails the connection", async () => {
    const { server, key, log } = await begun({}, ["one"]);
    await server.send(answer(key));
    await settled();
    expect(log).toEqual(["error", "close 1006 false"]);
  });

  test("a server that ends, or resets, before it answered fails the connection", async () => {
    for (const leave of ["end", "destroy"] as const) {
      const { server, log } = await begun();
      server[leave]();
      await settled();
      expect(log).toEqual(["error", "close 1006 false"]);
    }
  });

  test("a server that does not answer fails the connection in time", async () => {
    const { server, clock, log } = await begun({ handshakeTimeoutMs: 1000 });
    await clock.advance(999);
    expect(log).toEqual([]);
    await clock.advance(1);
    await settled();
    expect(log).toEqual(["error", "close 1006 false"]);
    expect(server.state).toBe("reset");
  });

  test("close() while connecting fails the connection", async () => {
    const { client, server, log, clock } = await begun();
    client.close(1000);
    expect(client.readyState).toBe(2);
    await settled();
    expect(log).toEqual(["error", "close 1006 false"]);
    expect(client.readyState).toBe(3);
    expect(server.state).toBe("reset");
    expect(clock.pending).toBe(0);
  });

  test("nobody listening, or a wss: URL without TLS, is an error event and 1006", async () => {
    const { WebSocket } = await network();
    for (const url of ["ws://localhost:81/", "ws://nowhere.example/", "wss://chat.example/"]) {
      const client = new WebSocket(url);
      const log: string[] = [];
      client.onerror = () => log.push("error");
      await new Promise<void>((resolve) => {
        client.onclose = ({ code }) => {
          log.push(`close ${code}`);
          resolve();
        };
      });
      expect(log).toEqual(["error", "close 1006"]);
    }
  });

  test("wss: goes over connectSecure", async () => {
    const asked: unknown[] = [];
    const { WebSocket } = await network({
      connectSecure: (spec) => {
        asked.push([spec.host, spec.port]);
        return Promise.reject(new Error("no TLS in a test"));
      },
    });
    const client = new WebSocket("wss://chat.example/");
    await new Promise((resolve) => {
      client.onclose = resolve;
    });
    expect(asked).toEqual([["chat.example", 443]]);
  });
});
