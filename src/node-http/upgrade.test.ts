import { describe, expect, it } from "vitest";
import { get, head } from "../testing/server/stage.ts";
import { settled } from "../testing/turn.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import { Buffer } from "./streams.ts";
import { serve } from "./test/serve.ts";

type Upgraded = (message: IncomingMessage, socket: ConnectionSocket, first: Uint8Array) => void;
const UPGRADE = head("GET /chat HTTP/1.1", "Host: a", "Connection: keep-alive, Upgrade", "Upgrade: echo");
const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n";

/** Takes the connection and sends back what comes, in capitals. */
const shout: Upgraded = (_, socket) => {
  socket.write(SWITCHED);
  socket.on("data", (bytes: Uint8Array) => {
    socket.write(new TextDecoder().decode(bytes).toUpperCase());
  });
  socket.on("end", () => socket.end());
};

describe("an upgrade", () => {
  it("is the listener's, with a socket that is a stream and the bytes that came behind the head", async () => {
    const { server, connect } = await serve();
    const seen: unknown[] = [];
    server.on("upgrade", ((message, socket, first) => {
      const { method, url, upgrade, headers } = message;
      const same = message.socket === socket && Buffer.isBuffer(first);
      seen.push({ method, url, upgrade, protocol: headers.upgrade, same });
      shout(message, socket, first);
    }) as Upgraded);
    const client = await connect();
    await client.send(`${UPGRADE}early`);
    await client.read("EARLY");
    await client.send("late");
    await client.read("LATE");
    client.end();
    expect(await client.readToEnd()).toBe("");
    expect(client.text).toBe(`${SWITCHED}EARLYLATE`);
    expect(seen).toEqual([{ method: "GET", url: "/chat", upgrade: true, protocol: "echo", same: true }]);
  });

  it("that nobody listens for, and one that is not asked for, are requests as others", async () => {
    const { server, ask } = await serve();
    expect(await ask(UPGRADE)).toContain("served");
    server.on("upgrade", (() => {}) as Upgraded);
    expect(await ask(head("GET / HTTP/1.1", "Host: a", "Upgrade: echo"))).toContain("served");
    expect(await ask(head("GET / HTTP/1.1", "Host: a", "Connection: Upgrade"))).toContain("served");
  });

  it("can come behind requests on the same connection", async () => {
    const { server, connect } = await serve();
    server.on("upgrade", shout);
    const client = await connect();
    await client.send(get("/") + UPGRADE);
    await client.read(SWITCHED);
    await client.send("x");
    await client.read("X");
    client.destroy();
  });

  it("that is refused in the socket's own words reaches the client whole, for all that is destroyed behind", async () => {
    const { server, connect } = await serve();
    const no = "no".repeat(2000);
    server.on("upgrade", ((_, socket) => {
      socket.once("finish", () => socket.destroy());
      socket.end(
        `HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: ${no.length}\r\n\r\n${no}`,
      );
    }) as Upgraded);
    const client = await connect({ paused: true });
    await client.send(UPGRADE);
    await settled();
    client.socket.resume();
    expect((await client.readToEnd()).endsWith(`\r\n\r\n${no}`)).toBe(true);
    client.end();
    expect(await client.closed()).toBe("closed");
  });

  it.each([
    ["one by one", false],
    ["corked", true],
  ])(
    "has back-pressure for pieces written %s: write says when to wait, and drain when to go on",
    async (_, corked) => {
      const { server, connect } = await serve();
      let written = 0;
      server.on("upgrade", ((_, socket) => {
        const piece = new Uint8Array(65_536);
        const more = (): void => {
          let ready = true;
          while (ready && written < 4_000_000) {
            if (corked) socket.cork();
            for (const _ of [1, 2]) {
              written += piece.length;
              ready = socket.write(piece);
            }
            if (corked) socket.uncork();
          }
          if (ready) socket.end();
        };
        socket.on("drain", more);
        more();
      }) as Upgraded);
      const client = await connect({ paused: true });
      await client.send(UPGRADE);
      await settled();
      const held = written;
      client.socket.resume();
      const { length } = await client.readToEnd();
      expect({ length, held: held < 1_500_000 }).toEqual({ length: written, held: true });
    },
  );

  it("has a message without content, whatever its head says", async () => {
    const { server, connect } = await serve();
    server.on("upgrade", ((message, socket) => {
      message.on("end", () => socket.end(`${SWITCHED}end of message`)).resume();
    }) as Upgraded);
    const client = await connect();
    await client.send(UPGRADE.replace("Host: a", "Host: a\r\nContent-Length: 9"));
    await client.read("end of message");
    client.end();
  });

  it("keeps the server's close waiting until its connection has ended, and closes no such connection", async () => {
    const { server, connect } = await serve();
    server.on("upgrade", shout);
    const client = await connect();
    await client.send(UPGRADE);
    await client.read(SWITCHED);
    let closed = false;
    const close = new Promise<void>((resolve) => {
      server.close(() => {
        closed = true;
        resolve();
      });
    });
    server.closeAllConnections();
    await client.send("x");
    await client.read("X");
    expect(closed).toBe(false);
    client.end();
    await close;
  });

  it("whose client resets is an error for who listens, and a close", async () => {
    const { server, connect } = await serve();
    const events: string[] = [];
    const closed = new Promise<void>((resolve) => {
      server.on("upgrade", ((message, socket, first) => {
        shout(message, socket, first);
        socket.on("error", (error: { code: string }) => events.push(error.code));
        socket.on("close", (hadError: boolean) => {
          events.push(`close ${hadError}`);
          resolve();
        });
      }) as Upgraded);
    });
    const client = await connect();
    await client.send(UPGRADE);
    await client.read(SWITCHED);
    client.destroy();
    await closed;
    expect(events[0]).toBe("ECONNRESET");
    expect(events).toHaveLength(2);
  });
});

describe("CONNECT", () => {
  const CONNECT = head("CONNECT example.com:443 HTTP/1.1", "Host: example.com:443");

  it("is the listener's, as a tunnel", async () => {
    const { server, connect } = await serve();
    server.on("connect", ((message, socket) => {
      socket.write(`HTTP/1.1 200 Connection Established\r\n\r\n${message.url}`);
    }) as Upgraded);
    const client = await connect();
    await client.send(CONNECT);
    await client.read("example.com:443");
    client.destroy();
  });

  it("that nobody listens for ends its connection", async () => {
    const { connect } = await serve();
    const client = await connect();
    await client.send(CONNECT);
    await client.closed();
    expect(client.text).toBe("");
  });
});
