/** The same program on `node:http` and on ours, over TCP: what it sees has to be the same. */
import * as nodeHttp from "node:http";
import { connect, type Socket } from "node:net";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import * as ours from "./index.node.ts";

type Log = (...what: unknown[]) => void;
type Http = Pick<typeof nodeHttp, "createServer" | "IncomingMessage" | "ServerResponse">;
type Scene = (http: Http, log: Log) => nodeHttp.Server;

const servers: nodeHttp.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Outcome {
  readonly lines: string[];
  readonly answers: string[];
  /** Whether the server closed. */
  readonly closed: boolean;
}

/** As soon as it is so, or when it has not become so for long. */
async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; waited < 2000 && !isSo(); waited += 10) await sleep(10);
}

/** What answers have in common: the status, whether it is the last one, and the text. */
const answersOf = (text: string) =>
  text
    .split(/(?=HTTP\/1\.1 )/)
    .map((answer) =>
      [/ \d+ /, /^connection: close/im, /ok|late/].map((part) => part.exec(answer)?.[0] ?? "").join(),
    );

/** Sends the pieces, a moment apart, and goes. Waits for what is wanted, where that is known. */
async function play(http: Http, scene: Scene, pieces: readonly string[], wanted?: Outcome): Promise<Outcome> {
  const lines: string[] = [];
  const server = scene(http, (...what) => {
    lines.push(what.map(String).join(" "));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as { port: number }).port, "127.0.0.1");
  let text = "";
  let closed = false;
  socket.setEncoding("latin1");
  socket.on("data", (more: string) => {
    text += more;
  });
  for (const event of ["end", "error"]) {
    socket.on(event, () => {
      closed = true;
    });
  }
  for (const piece of pieces) {
    socket.write(piece, "latin1");
    await sleep(50);
  }
  const { answers: all, closed: ends, lines: told } = wanted ?? { answers: [], closed: false, lines: [] };
  await until(() => (answersOf(text).join() === all.join() && closed === ends) || wanted === undefined);
  const before = { answers: answersOf(text), closed };
  socket.destroy();
  await sleep(30);
  await until(() => lines.length >= told.length);
  return { ...before, lines: lines.sort() };
}

async function same(scene: Scene, ...pieces: string[]): Promise<void> {
  const wanted = await play(nodeHttp, scene, pieces);
  expect(await play(ours as unknown as Http, scene, pieces, wanted)).toEqual(wanted);
}

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc";
const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

const nameOf = (error: unknown) =>
  error instanceof Error
    ? `${error.name} ${String((error as NodeJS.ErrnoException).code)} ${error instanceof TypeError} ${error instanceof RangeError}`
    : String(error);

function attempt(log: Log, what: string, act: () => unknown): void {
  try {
    act();
    log(what, "is fine");
  } catch (error) {
    log(what, nameOf(error));
  }
}

describe("portico/node-http beside node:http", () => {
  it("throws the same errors for the same mistakes", async () => {
    await same((http, log) => {
      attempt(log, "createServer", () => http.createServer({ keepAliveTimeout: "1" as never }));
      attempt(log, "range", () => http.createServer({ keepAliveTimeout: -1 }));
      attempt(log, "port", () => http.createServer().listen(70_000));
      attempt(log, "options", () => http.createServer().listen({}));
      return http.createServer((_, response) => {
        const none = undefined as never;
        attempt(log, "name", () => response.setHeader("a b", "1"));
        attempt(log, "value", () => response.setHeader("a", "1\r\n2"));
        attempt(log, "no value", () => response.setHeader("a", none));
        attempt(log, "getHeader", () => response.getHeader(none));
        attempt(log, "hasHeader", () => response.hasHeader(none));
        attempt(log, "removeHeader", () => response.removeHeader(none));
        attempt(log, "setHeaders", () => response.setHeaders({ a: "1" } as never));
        attempt(log, "setHeaders list", () => response.setHeaders(["a", "1"] as never));
        attempt(log, "setHeaders map", () => response.setHeaders(new Map([["m", "1"]])));
        attempt(log, "trailer", () => response.addTrailers({ "a b": "1" }));
        attempt(log, "status", () => response.writeHead(99));
        attempt(log, "list", () => response.writeHead(200, ["a"]));
        attempt(log, "chunk", () => response.end(5 as never));
        response.end("ok");
        attempt(log, "late", () => response.setHeader("a", "1"));
      });
    }, GET);
  });

  it("tells of a client that goes while it sends or waits", async () => {
    const scene: Scene = (http, log) =>
      http.createServer((request, response) => {
        for (const event of ["aborted", "error", "close", "end"])
          request.on(event, (error) => log("request", event, error?.code));
        for (const event of ["finish", "close", "error"]) response.on(event, () => log("response", event));
        request.on("close", () => log(request.aborted, request.complete, request.destroyed));
        if (request.method === "POST") request.resume();
      });
    await same(scene, POST);
    await same(scene, GET);
  });

  it("tells without a listener for errors too", async () => {
    await same((http, log) => {
      return http.createServer((request, response) => {
        request.on("aborted", () => log("aborted", request.aborted));
        response.on("close", () => log("close", response.writableFinished));
        request.resume();
      });
    }, POST);
  });

  it("emits no error that whoever hears of the abort has stopped listening for", async () => {
    await same((http, log) => {
      return http.createServer((request, response) => {
        const onError = () => log("error");
        request.on("error", onError);
        request.on("aborted", () => request.off("error", onError));
        request.on("close", () => log("close", request.errored?.message));
        response.on("close", () => log("response close"));
        request.resume();
      });
    }, POST);
  });

  it("ends a request that nobody reads, once it is answered", async () => {
    await same(
      (http, log) =>
        http.createServer((request, response) => {
          for (const event of ["aborted", "end", "close"]) request.on(event, () => log(event));
          request.on("close", () => log(request.complete, request.aborted));
          response.end("ok");
        }),
      GET,
      `${POST}defghi`,
    );
  });

  it("answers all the same when something is written behind the end", async () => {
    await same((http, log) => {
      return http.createServer((_, response) => {
        response.on("error", (error) => log("error", nameOf(error)));
        response.on("finish", () => log("finish"));
        response.end("ok");
        log(response.write("more", (error) => log("write", nameOf(error))));
        response.end(() => log("ended"));
      });
    }, GET);
  });

  it("emits no error for a response that is destroyed with one", async () => {
    await same((http, log) => {
      return http.createServer((request, response) => {
        request.on("error", () => log("request error"));
        response.on("error", () => log("response error"));
        response.on("close", () => log("close", response.destroyed));
        response.write("ok");
        setTimeout(() => response.destroy(new Error("unwanted")), 10);
      });
    }, GET);
  });

  it("brings the pieces that were written of a response that is destroyed behind them", async () => {
    const scene: Scene = (http, log) =>
      http.createServer((_request, response) => {
        response.on("close", () => log("close", response.writableFinished));
        response.write("ok", () => response.destroy());
      });
    await same(scene, GET);
  });

  it("marks a destroyed socket at once", async () => {
    await same((http, log) => {
      return http.createServer((request) => {
        request.socket.on("close", () => log("close"));
        request.socket.destroy();
        log(request.socket.destroyed);
      });
    }, GET);
  });

  it("refuses a body that turns out to be malformed, whatever the listener does", async () => {
    await same(
      (http, log) =>
        http.createServer((request, response) => {
          response.on("close", () => log("close", response.writableFinished));
          request.resume();
          request.on("end", () => response.end("ok"));
        }),
      CHUNKED,
      "ZZ\r\n",
      "",
    );
  });

  it("makes requests and responses of the classes it is given", async () => {
    await same((http, log) => {
      class Message extends http.IncomingMessage {
        readonly mine = "message";
      }
      class Response extends http.ServerResponse {
        readonly mine = "response";
      }
      return http.createServer(
        { IncomingMessage: Message, ServerResponse: Response as never },
        (request, response: nodeHttp.ServerResponse) => {
          log((request as Message).mine, (response as Response).mine);
          response.end("ok");
        },
      );
    }, GET);
  });

  it("emits timeout where somebody asked, and else ends the connection", async () => {
    const scene =
      (
        set: (request: nodeHttp.IncomingMessage, response: nodeHttp.ServerResponse, log: Log) => void,
      ): Scene =>
      (http, log) =>
        http.createServer((request, response) => {
          request.resume();
          set(request, response, log);
        });
    const wait = ["", "", ""];
    await same(
      scene((request) => request.setTimeout(30)),
      GET,
      ...wait,
    );
    await same(
      scene((_, response, log) =>
        response.setTimeout(30, () => {
          log("response");
          response.end("late");
        }),
      ),
      GET,
      ...wait,
    );
    await same(
      scene((request, response, log) => {
        request.setTimeout(20, () => log("request"));
        response.on("timeout", () => log("response"));
        response.setTimeout(40);
      }),
      GET,
      ...wait,
    );
  });

  it("takes times that are set once it listens", async () => {
    await same(
      (http) => {
        const server = http.createServer((_, response) => response.end("ok"));
        server.keepAliveTimeout = 10;
        server.on("listening", () => {
          server.keepAliveTimeout = 60_000;
        });
        return server;
      },
      GET,
      ...Array(8).fill(""),
    );
  });

  it("says which request of a connection is the last that there may be, as node:http does", async () => {
    const scene: Scene = (http) => {
      const server = http.createServer((_, response) => response.end("ok"));
      server.maxRequestsPerSocket = 2;
      return server;
    };
    const wanted = [" 200 ,,ok", " 200 ,Connection: close,ok"];
    expect(await play(nodeHttp, scene, [GET, GET])).toMatchObject({ answers: wanted });
    // Node leaves the closing to the client.
    const closes = { answers: wanted, closed: true, lines: [] };
    expect(await play(ours as unknown as Http, scene, [GET, GET], closes)).toEqual(closes);
  });

  it("drops connections above the most that there may be", async () => {
    await same((http, log) => {
      const server = http.createServer((_, response) => response.end("ok"));
      server.maxConnections = 1;
      server.on("drop", () => log("drop"));
      server.on("connection", () => log("connection"));
      server.on("listening", () => {
        const first = connect((server.address() as { port: number }).port, "127.0.0.1");
        first.on("error", () => {});
      });
      return server;
    }, GET);
  });

  it("answers a request whose body was left in the middle", async () => {
    const scene =
      (leave: (request: nodeHttp.IncomingMessage, log: Log) => Promise<void>): Scene =>
      (http, log) =>
        http.createServer((request, response) => {
          request.on("error", () => {});
          void leave(request, log).then(() => {
            log(request.destroyed);
            response.end("ok");
          });
        });
    const breaks = scene(async (request) => {
      for await (const _ of request) break;
    });
    await same(breaks, POST, "defghi");
    await same(breaks, `${POST}defghi`);
    const fails = scene(async (request, log) => {
      const refuse = new Writable({ write: (_chunk, _encoding, done) => done(new Error("too much")) });
      await pipeline(request, refuse).catch((error: Error) => log(error.message));
    });
    await same(fails, POST, "defghi");
  });

  it("tells of a client's reset with a socket that nobody can write to any more", async () => {
    const scene: Scene = (http, log) => {
      const server = http.createServer(() => {});
      server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
        log(error.code, socket.writable, socket.destroyed);
        // As programs do that do not ask: nothing comes of it.
        attempt(log, "end", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
        attempt(log, "write", () => socket.write("more"));
      });
      server.on("connection", (socket) => {
        setTimeout(() => peers.get(socket.remotePort ?? 0)?.resetAndDestroy(), 20);
      });
      server.on("listening", () => {
        const peer = connect((server.address() as { port: number }).port, "127.0.0.1");
        peer.on("connect", () => peers.set(peer.localPort ?? 0, peer));
        peer.on("error", () => {});
      });
      return server;
    };
    const peers = new Map<number, Socket>();
    await same(scene, "", "");
  });

  it("sends no Date that was taken out", async () => {
    const scene: Scene = (http, log) =>
      http.createServer((_, response) => {
        response.removeHeader("date");
        log(response.sendDate);
        response.end("ok");
      });
    await same(scene, GET);
  });
});
