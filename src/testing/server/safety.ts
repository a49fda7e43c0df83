import { expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../http1/limits.ts";
import { ResponseReader } from "../../http1/response-reader.ts";
import type { BodyContent, BodyWriter, HttpRequest } from "../../server/types.ts";
import { toBytes } from "../bytes.ts";
import { settled } from "../turn.ts";
import type { WireClient } from "../wire-client.ts";
import { body, deferred, get, head, ok, type ServerStage, statuses } from "./stage.ts";

/** What a program gets wrong stays its own: no peer takes half an answer for a whole one, or gets another's. */
export function safetyCases(stage: ServerStage): void {
  injectionCases(stage);
  cutCases(stage);
  lateCases(stage);
}

function injectionCases(stage: ServerStage): void {
  const broken = [
    "a\r\nSet-Cookie: x=1",
    "a\nb",
    "a\rb",
    "a\0b",
    "a\r\n\r\nHTTP/1.1 200 OK",
    "\u010a",
    "\u560d\u560a",
  ];

  it("refuses what would inject a line, wherever it is given, and sends none of it", async () => {
    const ways: ((request: HttpRequest, bad: string) => Promise<unknown>)[] = [
      (request, bad) => request.respond(200, "", { X: bad }),
      (request, bad) => request.respond(200, "", { X: ["fine", bad] }),
      (request, bad) => request.respond(200, "", [["X", bad]]),
      (request, bad) => request.respond(200, "", { [bad]: "x" }),
      (request, bad) => request.respond(200, "", { "Content-Type": bad }),
      (request, bad) => request.respond(200, "", { Connection: bad }),
      (request, bad) => request.respond(200, "", { "Content-Length": bad }),
      (request, bad) => request.respond(200, "", { Date: bad }),
      (request, bad) => request.respond(302, "", { Location: bad }),
      (request, bad) => request.sendHeaders({ X: bad }),
      (request, bad) => request.upgrade("chat", { X: bad }),
      (request, bad) => request.upgrade(bad),
    ];
    for (const [index, way] of ways.entries()) {
      const refused: string[] = [];
      const { exchange } = await stage.serve(async (request) => {
        for (const bad of broken) {
          await way(request, bad).catch((error) => refused.push(error.code));
        }
        await request.respond(200, "fine");
      });
      const text = await exchange(get("/", "Connection: Upgrade", "Upgrade: chat"));
      expect(refused, `way ${index}`).toHaveLength(broken.length);
      expect(text, `way ${index}`).toMatch(
        /^HTTP\/1\.1 200 OK\r\nDate: [^\r]+\r\nContent-Length: 4\r\n\r\nfine$/,
      );
    }
  });

  it("refuses trailers that would inject a line, and the body can still be ended", async () => {
    let refused = 0;
    const { exchange } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({});
      await writer.write("x");
      for (const bad of broken) {
        for (const trailer of [{ X: bad }, { [bad]: "x" }])
          await writer.close(trailer).catch(() => refused++);
      }
      await writer.close({ X: "fine" });
    });
    expect(body(await exchange(get()))).toBe("1\r\nx\r\n0\r\nX: fine\r\n\r\n");
    expect(refused).toBe(2 * broken.length);
  });

  it("repeats nothing of what it refuses, neither to the peer nor to the program", async () => {
    const told: string[] = [];
    const { exchange } = await stage.serve(
      async (request) => {
        await request.bytes().catch((error) => {
          told.push(`${error.code} ${error.message}`);
          throw error;
        });
      },
      { onClientError: (error) => told.push(`${error.code} ${error.message}`) },
    );
    const mark = "<script>MARK";
    const refused = [
      `${mark}\r\n\r\n`,
      `GET /${mark} ${mark}\r\n\r\n`,
      `GET ${mark} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${mark}\r\n\r\n`,
      `GET / ${mark}/1.1\r\nHost: a\r\n\r\n`,
      get("/", `${mark}: x`),
      get("/", `X: ${mark}\0`),
      get("/", `Content-Length: ${mark}`),
      get("/", `Transfer-Encoding: ${mark}`),
      get("/", `Expect: ${mark}`),
      `${head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")}${mark}\r\n`,
      `${head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")}0\r\n${mark}\r\n\r\n`,
    ];
    for (const request of refused) {
      const text = await exchange(request);
      expect(statuses(text), request).toEqual([expect.toSatisfy((status: number) => status >= 400)]);
      expect(text, request).not.toMatch(/mark|script/i);
    }
    expect(told).toHaveLength(refused.length);
    expect(told.join()).not.toMatch(/mark|script/i);
  });

  it("sends no content as anything but content", async () => {
    const fake = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n0\r\n\r\n";
    const contents: (() => BodyContent)[] = [
      () => fake,
      () => toBytes(fake),
      () => new Blob([fake]).stream(),
    ];
    for (const content of contents) {
      const { exchange } = await stage.serve((request) => request.respond(200, content()));
      expect(responsesIn(await exchange(get() + get()))).toEqual([fake, fake]);
    }
  });
}

function cutCases(stage: ServerStage): void {
  const failing = (first: string) =>
    async function* () {
      if (first !== "") yield first;
      await settled();
      throw new Error("the source broke");
    };
  const streamOf = (...chunks: unknown[]) =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk as Uint8Array);
        controller.close();
      },
    }) as ReadableStream<Uint8Array>;
  const bytes = toBytes("four");

  const ways: Record<string, (request: HttpRequest) => Promise<unknown>> = {
    "a source that fails in the middle": (r) => r.respond(200, failing("four")()),
    "a source that fails before it gave anything": (r) => r.respond(200, failing("")()),
    "a source that fails below its declared length": (r) =>
      r.respond(200, failing("four")(), { "Content-Length": "9" }),
    "a stream that ends below its declared length": (r) =>
      r.respond(200, streamOf(bytes), { "Content-Length": "9" }),
    "a stream that goes above its declared length": (r) =>
      r.respond(200, streamOf(bytes, bytes), { "Content-Length": "6" }),
    "a source that gives what is no bytes": (r) => r.respond(200, streamOf(bytes, 5)),
    "a writer that is closed below its declared length": async (r) => {
      const writer = await r.sendHeaders({ "Content-Length": "9" });
      await writer.write("four");
      await writer.close();
    },
    "a callback that throws after it has begun": async (r) => {
      await (await r.sendHeaders({})).write("four");
      throw new Error("broke");
    },
  };

  for (const [name, respond] of Object.entries(ways)) {
    it(`${name} is told from a whole answer by HTTP/1.1 and HTTP/1.0, and nothing is answered behind it`, async () => {
      const { connect, errors } = await stage.serve(async (request) => {
        if (request.target === "/next") await ok(request);
        else await respond(request);
      });
      for (const version of ["1.1", "1.0"]) {
        const client = await connect();
        const first = head(`GET / HTTP/${version}`, "Host: a", "Connection: keep-alive");
        await client.send(first + get("/next"));
        await client.closed();
        expect(isWhole(client), `HTTP/${version}: ${JSON.stringify(client.text)}, ${client.state}`).toBe(
          false,
        );
        expect(statuses(client.text).length).toBeLessThanOrEqual(1);
      }
      await settled();
      expect(errors).toHaveLength(2);
    });
  }
}

function lateCases(stage: ServerStage): void {
  it("a callback that answered and never returns holds nobody up", async () => {
    const { exchange } = await stage.serve(async (request) => {
      await request.respond(200, "done");
      await new Promise(() => {});
    });
    expect(responsesIn(await exchange(get() + get()))).toEqual(["done", "done"]);
  });

  it("a callback that never answers holds those behind it on its connection, until its client goes", async () => {
    const gone = deferred();
    const targets: string[] = [];
    const { connect, exchange } = await stage.serve((request) => {
      targets.push(request.target);
      if (request.target !== "/never") return ok(request);
      request.signal.addEventListener("abort", () => gone.resolve());
      return new Promise(() => {});
    });
    const client = await connect();
    await client.send(get("/never") + get("/behind"));
    expect(statuses(await exchange(get("/other")))).toEqual([200]);
    await client.quiet();
    client.destroy();
    await gone.promise;
    expect(targets).toEqual(["/never", "/other"]);
  });

  it("what is said after the answer is whole is refused and reaches nobody: not the next answer on the connection", async () => {
    const codes: unknown[] = [];
    let early: BodyWriter | undefined;
    let first: HttpRequest | undefined;
    const { connect } = await stage.serve(async (request) => {
      if (request.target === "/first") {
        first = request;
        early = await request.sendHeaders({});
        await early.write("one");
        return early.close();
      }
      const note = (error: { code?: string }) => void codes.push(error.code);
      await early?.write("LATE").catch(note);
      await early?.close({ Late: "1" }).catch(note);
      await first?.respond(200, "LATE").catch(note);
      await first?.sendHeaders({ Late: "1" }).catch(note);
      await request.respond(200, "two");
    });
    const client = await connect();
    await client.send(get("/first") + get("/second", "Connection: close"));
    const text = await client.readToEnd();
    expect(responsesIn(text)).toEqual(["one", "two"]);
    expect(text).not.toMatch(/late/i);
    expect(codes).toEqual(["WriterClosed", "WriterClosed", "ResponseAlreadySent", "ResponseAlreadySent"]);
  });

  it("what is thrown late is told to onError once and changes no answer", async () => {
    const go = deferred();
    const { connect, errors } = await stage.serve(async (request) => {
      await request.respond(200, "first");
      await go.promise;
      throw new Error("late");
    });
    const client = await connect();
    await client.send(get());
    await client.read("first");
    go.resolve();
    await settled();
    expect(errors.map(String)).toEqual(["Error: late"]);
    await client.send(get());
    expect(statuses(await client.read("first"))).toEqual([200]);
  });

  it("whatever is said to a client that left goes nowhere, and ends neither process nor server", async () => {
    const left = deferred();
    const said = deferred<unknown[]>();
    const { connect, exchange, errors } = await stage.serve(async (request) => {
      if (request.target !== "/leaves") return ok(request);
      const writer = await request.sendHeaders({ "Content-Length": "1000" });
      request.signal.addEventListener("abort", () => left.resolve());
      await left.promise;
      const outcomes = await Promise.allSettled([
        writer.write("late"),
        writer.write(new Uint8Array(100)),
        writer.close({ X: "y" }),
        request.respond(200, "late"),
        request.bytes(),
      ]);
      said.resolve(
        outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "fulfilled")),
      );
      throw new Error("after all that");
    });
    const client = await connect();
    await client.send(get("/leaves"));
    await client.read("\r\n\r\n");
    client.destroy();
    expect(await said.promise).toEqual([
      ...["ConnectionClosed", "ConnectionClosed", "ConnectionClosed", "ResponseAlreadySent", "fulfilled"],
    ]);
    expect(statuses(await exchange(get()))).toEqual([200]);
    expect(errors.length).toBeLessThanOrEqual(1);
  });

  it("a source whose cancel fails, or never ends, keeps nobody from closing", async () => {
    let pulled = 0;
    const stubborn = (cancel: () => Promise<void>) =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel,
      });
    const { server, connect, errors } = await stage.serve((request) =>
      request.respond(
        200,
        request.target === "/fails"
          ? stubborn(() => Promise.reject(new Error("no")))
          : stubborn(() => new Promise(() => {})),
      ),
    );
    for (const path of ["/fails", "/hangs"]) {
      const client = await connect();
      await client.send(get(path));
      await client.read("\r\n\r\n");
      client.destroy();
      await client.closed();
    }
    await settled();
    expect(pulled).toBeGreaterThan(0);
    await server.close({ graceMs: 0 });
    expect(errors).toEqual([]);
  });
}

/** Whether a client would take what came for one whole answer: by its framing, or by an orderly end. */
function isWhole(client: WireClient): boolean {
  const reader = new ResponseReader(DEFAULT_LIMITS);
  reader.feed(client.bytes.slice());
  if (reader.readHead("GET") === undefined) return false;
  for (;;) {
    const event = reader.readBody();
    if (event === "end") return true;
    if (event === "need-more") return client.state === "closed" && reader.finish();
  }
}

/** The bodies of whole responses, of which there is nothing else. */
function responsesIn(text: string): string[] {
  const reader = new ResponseReader(DEFAULT_LIMITS);
  reader.feed(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  const bodies: string[] = [];
  while (reader.readHead("GET") !== undefined) {
    let content = "";
    for (let event = reader.readBody(); event !== "end"; event = reader.readBody()) {
      if (event === "need-more") throw new Error("the last response is not whole");
      content += new TextDecoder("latin1").decode(event);
    }
    bodies.push(content);
  }
  expect(reader.buffered).toBe(0);
  return bodies;
}
