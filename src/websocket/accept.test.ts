import { afterEach, describe, expect, test } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { HttpServer } from "../server/server.ts";
import { settled } from "../testing/turn.ts";
import { frame, KEY, parseFrames } from "../testing/websocket-frames.ts";
import { WireClient } from "../testing/wire-client.ts";
import { acceptWebSocket, type WebSocketOptions } from "./accept.ts";
import type { WebSocketConnection } from "./connection.ts";
import { WebSocketHandshakeError } from "./errors.ts";

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close({ graceMs: 0 });
});

/** A server on port 80 whose every request is a WebSocket's, and what became of them. */
async function serving(options: WebSocketOptions = {}) {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network, onError: () => {} });
  servers.push(server);
  const connections: WebSocketConnection[] = [];
  const errors: unknown[] = [];
  await new Promise<void>((resolve) => {
    void server.serve(
      80,
      async (request) => {
        try {
          connections.push(await acceptWebSocket(request, options));
        } catch (error) {
          errors.push(error);
        }
      },
      { onListen: () => resolve() },
    );
  });
  const ask = async (text: string) => {
    const client = await WireClient.connect(network, { host: "localhost", port: 80 });
    await client.send(text);
    return client;
  };
  return { connections, errors, ask };
}

const HEADERS: Record<string, string> = {
  Host: "localhost",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};

/** A handshake with some headers other, or without those that are null. */
function handshake(changes: Record<string, string | null> = {}, line = "GET /chat?room=1 HTTP/1.1"): string {
  const lines = Object.entries({ ...HEADERS, ...changes }).filter(([, value]) => value !== null);
  return `${line}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

describe("the handshake (RFC 6455 section 4.2)", () => {
  test("answers 101 with the key's answer, and frames follow", async () => {
    const { connections, ask } = await serving();
    const client = await ask(handshake());
    const head = await client.read("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(head).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    expect(head).toMatch(/\r\nUpgrade: websocket\r\n/i);
    expect(head).toMatch(/\r\nConnection: Upgrade\r\n/i);
    expect(head).not.toMatch(/content-length|transfer-encoding|sec-websocket-(protocol|extensions)/i);
    await settled();
    const [connection] = connections;
    expect(connection).toMatchObject({
      readyState: 1,
      protocol: "",
      extensions: "",
      url: "ws://localhost/chat?room=1",
    });
    connection!.send("hello");
    expect(await client.read(7)).toBe("\x81\x05hello");
  });

  test("a client that sends frames behind its handshake loses none", async () => {
    const { connections, ask } = await serving();
    const network = await ask("");
    const message = frame({ opcode: 1, payload: "early", key: KEY });
    await network.send(new Uint8Array([...new TextEncoder().encode(handshake()), ...message]));
    await network.read("\r\n\r\n");
    await settled();
    const iterator = connections[0]![Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ value: "early", done: false });
  });

  test("takes lists and any case in Upgrade and Connection", async () => {
    const { ask } = await serving();
    const client = await ask(handshake({ Upgrade: "h2c, WebSocket", Connection: "keep-alive, UPGRADE" }));
    expect(await client.read("\r\n\r\n")).toContain(" 101 ");
  });

  test.each<[string, string, number, RegExp?]>([
    ["POST", handshake({ "Content-Length": "0" }, "POST / HTTP/1.1"), 405, /\r\nAllow: GET\r\n/],
    ["HTTP/1.0", handshake({}, "GET / HTTP/1.0"), 400],
    ["no Upgrade", handshake({ Upgrade: null, Connection: null }), 426, /\r\nUpgrade: websocket\r\n/],
    ["another Upgrade", handshake({ Upgrade: "h2c" }), 426, /\r\nUpgrade: websocket\r\n/],
    ["no Connection", handshake({ Connection: null }), 400],
    ["Connection without Upgrade", handshake({ Connection: "keep-alive" }), 400],
    ["no version", handshake({ "Sec-WebSocket-Version": null }), 426, /\r\nSec-WebSocket-Version: 13\r\n/],
    ["version 8", handshake({ "Sec-WebSocket-Version": "8" }), 426, /\r\nSec-WebSocket-Version: 13\r\n/],
    ["no key", handshake({ "Sec-WebSocket-Key": null }), 400],
    ["a short key", handshake({ "Sec-WebSocket-Key": "c2hvcnQ=" }), 400],
    ["a subprotocol that is no token", handshake({ "Sec-WebSocket-Protocol": "a b" }), 400],
    ["a subprotocol twice", handshake({ "Sec-WebSocket-Protocol": "a, a" }), 400],
    ["an empty subprotocol", handshake({ "Sec-WebSocket-Protocol": "a,,b" }), 400],
    ["malformed extensions", handshake({ "Sec-WebSocket-Extensions": "permessage-deflate;;" }), 400],
  ])("%s is refused", async (_, request, status, header) => {
    const { errors, connections, ask } = await serving({ perMessageDeflate: true });
    const client = await ask(request);
    const head = await client.read("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (header !== undefined) expect(head).toMatch(header);
    await settled();
    expect(errors).toEqual([expect.objectContaining({ code: "WebSocketHandshakeFailed", status })]);
    expect(errors[0]).toBeInstanceOf(WebSocketHandshakeError);
    expect(connections).toEqual([]);
  });

  test("a handshake with a body is refused", async () => {
    const { ask } = await serving();
    const client = await ask(`${handshake({ "Content-Length": "5" })}hello`);
    expect(await client.read("\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a refused connection can be used on", async () => {
    const { ask } = await serving();
    const client = await ask(handshake({ "Sec-WebSocket-Version": "8" }));
    await client.read("wanted version 13");
    await client.send(handshake());
    expect(await client.read("\r\n\r\n")).toContain(" 101 ");
  });
});

describe("options", () => {
  test("the client's first choice that the server speaks is taken", async () => {
    const { connections, ask } = await serving({ protocols: ["a", "b"] });
    const client = await ask(handshake({ "Sec-WebSocket-Protocol": "x, b, a" }));
    expect(await client.read("\r\n\r\n")).toContain("Sec-WebSocket-Protocol: b\r\n");
    await settled();
    expect(connections[0]!.protocol).toBe("b");
    const other = await ask(handshake({ "Sec-WebSocket-Protocol": "x" }));
    expect(await other.read("\r\n\r\n")).not.toMatch(/sec-websocket-protocol/i);
  });

  test("a function chooses the subprotocol, of the offered ones alone", async () => {
    const { connections, errors, ask } = await serving({
      protocols: (offered) => (offered.includes("b") ? "b" : "nobody"),
    });
    const client = await ask(handshake({ "Sec-WebSocket-Protocol": "a, b" }));
    await client.read("\r\n\r\n");
    await settled();
    expect(connections[0]!.protocol).toBe("b");
    await ask(handshake({ "Sec-WebSocket-Protocol": "a" }));
    await settled();
    expect(errors).toEqual([expect.any(TypeError)]);
  });

  test("origin decides, with null for who sends none", async () => {
    const asked: unknown[] = [];
    const origin = async (from: string | null) => {
      asked.push(from);
      return from === "https://good.example";
    };
    const { ask } = await serving({ origin });
    const statusOf = async (changes: Record<string, string>) => {
      const client = await ask(handshake(changes));
      return (await client.read("\r\n\r\n")).slice(9, 12);
    };
    expect(await statusOf({ Origin: "https://good.example" })).toBe("101");
    expect(await statusOf({ Origin: "https://evil.example" })).toBe("403");
    expect(await statusOf({})).toBe("403");
    expect(asked).toEqual(["https://good.example", "https://evil.example", null]);
  });

  test.each([
    { maxMessageBytes: Number.NaN },
    { maxFrameBytes: -1 },
    { pingIntervalMs: "30_000" as unknown as number },
  ])("an option that is out of range is told, and no handshake is answered: %o", async (options) => {
    const { errors, ask } = await serving(options);
    expect(await (await ask(handshake())).read("\r\n\r\n")).toMatch(/^HTTP\/1\.1 500 /);
    const [name] = Object.keys(options);
    expect(errors).toEqual([expect.objectContaining({ name: "RangeError" })]);
    expect(String(errors[0])).toContain(`${name} must be at least 0, got `);
  });

  test("headers go into the response", async () => {
    const { ask } = await serving({ headers: { "Set-Cookie": "a=1" } });
    expect(await (await ask(handshake())).read("\r\n\r\n")).toContain("Set-Cookie: a=1\r\n");
  });

  test("compression is agreed on where both want it", async () => {
    const offer = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" };
    const without = await serving();
    expect(await (await without.ask(handshake(offer))).read("\r\n\r\n")).not.toMatch(/extensions/i);
    const { connections, ask } = await serving({ perMessageDeflate: { thresholdBytes: 0 } });
    const client = await ask(handshake(offer));
    expect(await client.read("\r\n\r\n")).toContain("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    await settled();
    connections[0]!.send("Hello");
    await client.read(9);
    expect(parseFrames(client.bytes.slice(client.text.indexOf("\r\n\r\n") + 4))).toMatchObject([
      { first: 0xc1, payload: new Uint8Array([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]) },
    ]);
    await client.send(
      frame({
        opcode: 1,
        rsv: 4,
        key: KEY,
        payload: new Uint8Array([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]),
      }),
    );
    expect((await connections[0]![Symbol.asyncIterator]().next()).value).toBe("Hello");
  });
});
