import { expect, it } from "vitest";
import type { BodyWriter, HttpRequest } from "../../server/types.ts";
import { toBytes } from "../bytes.ts";
import { settled } from "../turn.ts";
import { injectionCases } from "./injection.ts";
import { deferred, get, head, ok, post, type ServerStage, statuses } from "./stage.ts";
import { isWhole, responsesIn } from "./whole.ts";

/** What a program gets wrong stays its own: no peer takes half an answer for a whole one, or gets another's. */
export function safetyCases(stage: ServerStage): void {
  injectionCases(stage);
  cutCases(stage);
  lateCases(stage);
  transferCases(stage);
}

/** A body is its receiver's memory, which other threads may be given, with the chunk that it came in. */
function transferCases(stage: ServerStage): void {
  const transfer = (bytes: Uint8Array) =>
    void structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });
  const long = `X-Long: ${"x".repeat(100)}`;

  it("a body that is transferred takes nothing from those who send the same", async () => {
    const { connect } = await stage.serve(async (request) => {
      transfer(await request.bytes());
      await ok(request);
    });
    for (let i = 0; i < 2; i++) {
      const client = await connect();
      for (let j = 0; j < 2; j++) {
        await client.send(post("abc", long));
        expect(statuses(await client.read("\r\n\r\n"))).toEqual([200]);
      }
    }
  });

  it("a body that is transferred with the beginning of a request is told of with 400, and nobody else is", async () => {
    let kept = new Uint8Array();
    const { connect, exchange, errors } = await stage.serve(async (request) => {
      if (request.method === "POST") kept = (await request.bytes()) as typeof kept;
      await ok(request);
    });
    const client = await connect();
    await client.send(`${post("abc", long)}GET /cut`);
    expect(statuses(await client.read("\r\n\r\n"))).toEqual([200]);
    transfer(kept);
    await client.send(" HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(statuses(await client.readToEnd())).toEqual([400]);
    expect(statuses(await exchange(post("abc", long)))).toEqual([200]);
    expect(errors).toEqual([]);
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
      const versions = stage.hasReset ? ["1.1", "1.0"] : ["1.1"]; // 1.0 has nothing else to tell it by
      for (const version of versions) {
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
      expect(errors).toHaveLength(versions.length);
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

  stage.needsReset(
    "a callback that never answers holds those behind it on its connection, until its client goes",
    async () => {
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
    },
  );

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

  stage.needsReset(
    "whatever is said to a client that left goes nowhere, and ends neither process nor server",
    async () => {
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
    },
  );

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
