import { afterEach, describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { get, head, statuses } from "../testing/server/stage.ts";
import { settled } from "../testing/turn.ts";
import { WireClient } from "../testing/wire-client.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import { httpOn } from "./http.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import type { AnyListener, HttpServerOfNode, ServerOptions } from "./server.ts";
import { Buffer } from "./streams.ts";

const servers: HttpServerOfNode[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener?: AnyListener, options: ServerOptions = {}) {
  const network = new VirtualNetwork();
  const server = httpOn({ network, pinned: false }).createServer(
    options,
    listener ?? ((_: never, response: { end(text: string): void }) => response.end("served")),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(8080, resolve));
  const connect = (how?: { paused: boolean }) =>
    WireClient.connect(network, { host: "localhost", port: 8080 }, how);
  const ask = async (request: string) => {
    const client = await connect();
    await client.send(request);
    client.end();
    return client.readToEnd();
  };
  return { server, connect, ask };
}

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

describe("a client's error", () => {
  it("is told with Node's code, and the listener answers", async () => {
    const codes: string[] = [];
    const { server, ask } = await serve();
    server.on("clientError", (error: { code: string }, socket: ConnectionSocket) => {
      codes.push(error.code);
      socket.end("HTTP/1.1 400 Mine\r\nConnection: close\r\n\r\n");
    });
    expect(await ask("G@T / HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1.1 400 Mine/);
    expect(await ask(head("GET / HTTP/1.1", "Host: a", "Content-Length: x"))).toContain("400 Mine");
    expect(await ask(head("GET / HTTP/1.1", `Host: ${"a".repeat(20_000)}`))).toContain("400 Mine");
    expect(await ask("GET / HTTP/1.1\r\nHost")).toContain("400 Mine");
    expect(codes).toEqual([
      "HPE_INVALID_METHOD",
      "HPE_INVALID_CONTENT_LENGTH",
      "HPE_HEADER_OVERFLOW",
      "HPE_INVALID_EOF_STATE",
    ]);
  });

  it("that nobody listens for is answered by the server", async () => {
    const { ask } = await serve();
    expect(statuses(await ask("G@T / HTTP/1.1\r\n\r\n"))).toEqual([400]);
  });

  it("is a reset of the connection, too", async () => {
    const { server, connect } = await serve((() => {}) as AnyListener);
    const told = new Promise<{ code: string }>((resolve) => server.on("clientError", resolve));
    const client = await connect();
    await client.send(get("/"));
    await settled();
    client.destroy();
    expect(await told).toMatchObject({ code: "ECONNRESET" });
  });
});

describe("a response's head", () => {
  it("has the phrase that the program gives it, and Node's where it gives none", async () => {
    const { ask } = await serve(((
      request: { url: string },
      response: {
        statusCode: number;
        statusMessage: string;
        writeHead(code: number, reason: string): void;
        end(text?: string): void;
      },
    ) => {
      if (request.url === "/own") response.statusMessage = "Quite Right";
      if (request.url === "/given") response.writeHead(200, "Très bien");
      if (request.url === "/large") response.statusCode = 413;
      response.end("x");
    }) as AnyListener);
    expect(await ask(get("/own"))).toMatch(/^HTTP\/1\.1 200 Quite Right\r\n/);
    expect(await ask(get("/given"))).toMatch(/^HTTP\/1\.1 200 Tr\u00e8s bien\r\n/);
    expect(await ask(get("/large"))).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    expect(await ask(get("/"))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it("refuses a phrase that would be more than one line", async () => {
    const codes: string[] = [];
    const { ask } = await serve(((_: never, response: { statusMessage: string; end(): void }) => {
      response.statusMessage = "a\r\nb: c";
      try {
        response.end();
      } catch (error) {
        codes.push((error as { code: string }).code);
        response.statusMessage = "fine";
        response.end();
      }
    }) as AnyListener);
    expect(await ask(get("/"))).toMatch(/^HTTP\/1\.1 200 fine\r\n/);
    expect(codes).toEqual(["ERR_INVALID_CHAR"]);
  });

  it("has no Date where the program wants none, whole and in pieces", async () => {
    const { ask } = await serve(((
      request: { url: string },
      response: { sendDate: boolean; write(text: string): void; end(): void },
    ) => {
      response.sendDate = request.url === "/with";
      if (request.url === "/pieces") response.write("x");
      response.end();
    }) as AnyListener);
    expect(await ask(get("/with"))).toMatch(/^date: /im);
    expect(await ask(get("/without"))).not.toMatch(/^date: /im);
    expect(await ask(get("/pieces"))).not.toMatch(/^date: /im);
  });
});

describe("the module", () => {
  it("has a Server that can be called with and without new, and be extended", async () => {
    const { Server } = httpOn({ network: new VirtualNetwork(), pinned: false });
    const listener = () => {};
    for (const server of [new Server(listener), Server(listener), Server({}, listener)]) {
      expect(server).toBeInstanceOf(Server);
      expect(server.listenerCount("request")).toBe(1);
    }
    class Mine extends Server {
      readonly mine = true;
    }
    expect(new Mine()).toMatchObject({ mine: true, listening: false });
    expect(new Mine()).toBeInstanceOf(Server);
  });

  it("names what a socket of requests can't do", async () => {
    const errors: string[] = [];
    const { ask } = await serve(((message: IncomingMessage, response: { end(): void }) => {
      const { socket } = message;
      for (const attempt of [() => socket?.write("x"), () => socket?.read(), () => socket?.pipe({})]) {
        try {
          attempt();
        } catch (error) {
          errors.push((error as Error).message);
        }
      }
      response.end();
    }) as AnyListener);
    await ask(get("/"));
    expect(errors).toEqual([
      "socket.write() is not in portico/node-http: write to the response",
      "socket.read() is not in portico/node-http: read the request",
      "socket.pipe() is not in portico/node-http: read the request",
    ]);
  });
});
