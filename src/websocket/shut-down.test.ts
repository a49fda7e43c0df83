import { afterEach, describe, expect, test } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { HttpServer } from "../server/server.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/turn.ts";
import { closePayload, concat, frame, KEY } from "../testing/websocket-frames.ts";
import { WireClient } from "../testing/wire-client.ts";
import { acceptWebSocket, type WebSocketOptions } from "./accept.ts";
import type { WebSocketConnection } from "./connection.ts";

const HANDSHAKE =
  "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const AWAY = frame({ opcode: 8, payload: closePayload(1001) });

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close({ graceMs: 0 });
});

/** A server with one WebSocket open, on a clock that the test holds. */
async function open(options: WebSocketOptions = {}, gate: Promise<void> = Promise.resolve()) {
  const network = new VirtualNetwork();
  const clock = new FakeClock();
  const server = new HttpServer({ network, clock });
  servers.push(server);
  let connection: WebSocketConnection | undefined;
  const served = server.serve(80, async (request) => {
    await gate;
    connection = await acceptWebSocket(request, { clock, ...options });
  });
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send(HANDSHAKE);
  await settled();
  return { server, served, clock, client, connection: () => connection as WebSocketConnection };
}

/** What came behind the 101. */
async function framesOf(client: WireClient): Promise<Uint8Array> {
  await client.waitFor(({ text }) => text.includes("\r\n\r\n"));
  return client.bytes.slice(client.text.indexOf("\r\n\r\n") + 4);
}

describe("a server that closes (RFC 6455 section 7.4.1)", () => {
  test("says 1001, behind the messages that were sent, and ends when the client has answered", async () => {
    const { server, served, client, connection } = await open();
    connection().send("last words");
    const closing = server.close();
    await settled();
    expect(await framesOf(client)).toEqual(concat(frame({ opcode: 1, payload: "last words" }), AWAY));
    await client.send(frame({ opcode: 8, key: KEY, payload: closePayload(1001) }));
    client.end();
    await closing;
    await served;
    expect(await connection().closed).toEqual({ code: 1001, reason: "", wasClean: true });
  });

  test("cuts a client that does not answer when the grace is over", async () => {
    const { server, clock, client, connection } = await open({ closeTimeoutMs: 60_000 });
    const closing = server.close({ graceMs: 3000 });
    await clock.advance(2999);
    expect(await framesOf(client)).toEqual(AWAY);
    expect(client.state).toBe("open");
    await clock.advance(1);
    await closing;
    expect(await connection().closed).toMatchObject({ wasClean: false });
  });

  test("waits for a client no longer than the closing handshake may take", async () => {
    const { server, clock } = await open({ closeTimeoutMs: 1000 });
    const closing = server.close({ graceMs: 60_000 });
    await clock.advance(1000);
    await closing;
  });

  test("says it to a handshake that is accepted meanwhile, too", async () => {
    let pass = () => {};
    const gate = new Promise<void>((resolve) => {
      pass = resolve;
    });
    const { server, client, connection } = await open({}, gate);
    const closing = server.close();
    pass();
    await settled();
    expect(await framesOf(client)).toEqual(AWAY);
    client.end();
    await closing;
    expect(connection().readyState).toBe(3);
  });

  test("leaves one alone that closes already", async () => {
    const { server, client, connection } = await open();
    connection().close(3000, "mine");
    const closing = server.close();
    await settled();
    expect(await framesOf(client)).toEqual(frame({ opcode: 8, payload: closePayload(3000, "mine") }));
    client.destroy();
    await closing;
  });
});
