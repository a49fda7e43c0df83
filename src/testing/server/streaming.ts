import { describe, expect, it } from "vitest";
import type { BodyWriter } from "../../server/types.ts";
import { settled } from "../turn.ts";
import { body, deferred, fields, get, head, type ServerStage, statuses } from "./stage.ts";

/** `sendHeaders` and its writer, and streams as content. */
export function streamingCases(stage: ServerStage): void {
  it("sends each chunk when it is written, before the response ends", async () => {
    let writer: BodyWriter | undefined;
    const { connect } = await stage.serve(async (request) => {
      writer = await request.sendHeaders({ "Content-Type": "text/plain" });
    });
    const client = await connect();
    await client.send(get());
    await client.read("chunked\r\n\r\n");
    await writer!.write("one");
    expect(await client.read("\r\none\r\n")).toBe("3\r\none\r\n");
    await writer!.write(new TextEncoder().encode("t\u00f6"));
    await client.read("3\r\nt\u00c3\u00b6\r\n");
    await writer!.write("");
    await writer!.close();
    expect(await client.read("\r\n\r\n")).toBe("0\r\n\r\n");
    await client.send(get());
    await client.read("HTTP/1.1 200");
  });

  describe("sends text beyond ASCII as UTF-8", () => {
    const text = "\u20ac \u00e9";
    const octets = "\u00e2\u0082\u00ac \u00c3\u00a9"; // the client's text has a char for each octet

    it("in pieces of a declared length that leave one by one", async () => {
      const next = [deferred(), deferred()];
      const pieces = (async function* () {
        yield "ascii ";
        await next[0]!.promise;
        yield text;
        await next[1]!.promise;
        yield " ascii";
      })();
      const { connect } = await stage.serve((request) =>
        request.respond(200, pieces, { "Content-Length": "18" }),
      );
      const client = await connect();
      await client.send(get());
      await client.read("ascii ");
      next[0]!.resolve();
      expect(await client.read("\u00a9")).toBe(octets);
      next[1]!.resolve();
      expect(await client.read("ascii")).toBe(" ascii");
    });

    it.each([
      ["behind", ["ascii", text]],
      ["before", [text, "ascii"]],
    ])("%s an answer of ASCII that leaves with it", async (_, contents) => {
      const left = [...contents];
      const { exchange } = await stage.serve((request) => request.respond(200, left.shift()));
      const answers = await exchange(get() + get());
      expect(statuses(answers)).toEqual([200, 200]);
      expect(answers).toContain(`\r\n\r\n${octets}`);
    });
  });

  it("sends trailers behind the last chunk (#69)", async () => {
    const { exchange } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({ Trailer: "X-Sum" }, 201);
      await writer.write("a");
      await writer.close({ "X-Sum": "1" });
    });
    const text = await exchange(get());
    expect(statuses(text)).toEqual([201]);
    expect(body(text)).toBe("1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
  });

  it("refuses trailers that frame or route, or hold a line break, and stays open for others (#69)", async () => {
    const codes: string[] = [];
    const { exchange } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({});
      for (const trailer of [{ "Content-Length": "5" }, { Host: "a" }, { X: "a\r\nb" }, { "a b": "c" }]) {
        await writer.close(trailer).catch((error) => codes.push(error.code));
      }
      await writer.close({ X: "fine" });
    });
    expect(body(await exchange(get()))).toBe("0\r\nX: fine\r\n\r\n");
    expect(codes).toEqual(Array(4).fill("InvalidHeader"));
  });

  it("takes nothing after the close", async () => {
    const codes: string[] = [];
    const { exchange } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({});
      await writer.close();
      await writer.write("late").catch((error) => codes.push(error.code));
      await writer.close().catch((error) => codes.push(error.code));
    });
    expect(body(await exchange(get()))).toBe("0\r\n\r\n");
    await settled();
    expect(codes).toEqual(["WriterClosed", "WriterClosed"]);
  });

  it("sends nothing of the body to HEAD", async () => {
    const { exchange } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({});
      await writer.write("x");
      await writer.close();
    });
    expect(body(await exchange(head("HEAD / HTTP/1.1", "Host: a")))).toBe("");
  });

  it("does not read a stream for HEAD, and cancels it", async () => {
    let cancelled = false;
    const { exchange } = await stage.serve((request) =>
      request.respond(
        200,
        new ReadableStream(
          {
            cancel: () => {
              cancelled = true;
            },
          },
          { highWaterMark: 0 },
        ),
      ),
    );
    expect(statuses(await exchange(head("HEAD / HTTP/1.1", "Host: a")))).toEqual([200]);
    expect(cancelled).toBe(true);
  });

  it("waits for no stream that it cancels for HEAD, and hears of none that fails in that", async () => {
    const log: string[] = [];
    const { exchange, errors } = await stage.serve(async (request) => {
      const fails = request.target === "/fails";
      const cancel = () => (fails ? Promise.reject(new Error("no")) : new Promise<void>(() => {}));
      await request.respond(200, new ReadableStream({ cancel }, { highWaterMark: 0 }));
      log.push(request.target);
    });
    for (const path of ["/hangs", "/fails"])
      expect(statuses(await exchange(head(`HEAD ${path} HTTP/1.1`, "Host: a")))).toEqual([200]);
    expect(log).toEqual(["/hangs", "/fails"]);
    expect(errors).toEqual([]);
  });

  describe("with a declared length", () => {
    it("refuses bytes above it and sends none of them", async () => {
      let code = "";
      const { exchange } = await stage.serve(async (request) => {
        const writer = await request.sendHeaders({ "Content-Length": "3" });
        await writer.write("four").catch((error) => {
          code = error.code;
        });
        await writer.write("abc");
        await writer.close();
      });
      expect(body(await exchange(get()))).toBe("abc");
      expect(code).toBe("ContentLengthMismatch");
    });

    it("cuts the connection when it ends early, so that the client can tell", async () => {
      let code = "";
      const { connect } = await stage.serve(async (request) => {
        const writer = await request.sendHeaders({ "Content-Length": "9" });
        await writer.write("abc");
        await writer.close().catch((error) => {
          code = error.code;
        });
      });
      const client = await connect();
      await client.send(get());
      await client.closed();
      expect(code).toBe("ContentLengthMismatch");
      expect(client.text.endsWith("\r\n\r\nabc") || client.state === "reset").toBe(true);
    });
  });

  it("cuts the connection when a stream fails in the middle, tells onError once, and serves others", async () => {
    const failing = async function* () {
      yield "some";
      throw new Error("the source broke");
    };
    const { connect, exchange, errors } = await stage.serve((request) =>
      request.respond(200, request.target === "/bad" ? failing() : "fine"),
    );
    const client = await connect();
    await client.send(get("/bad"));
    await client.closed();
    expect(client.text.endsWith("0\r\n\r\n")).toBe(false);
    expect(errors.map(String)).toEqual(["Error: the source broke"]);
    expect(body(await exchange(get()))).toBe("fine");
  });

  it("cuts the connection when a callback throws in the middle of its body", async () => {
    const { connect, errors } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({});
      await writer.write("half");
      throw new Error("broke");
    });
    const client = await connect();
    await client.send(get());
    await client.closed();
    expect(client.text.endsWith("0\r\n\r\n")).toBe(false);
    expect(errors.map(String)).toEqual(["Error: broke"]);
  });

  it("holds back a source while the client does not read, and cancels it when it goes", async () => {
    let produced = 0;
    let cancelled = false;
    const chunk = new Uint8Array(65_536);
    const { connect, errors } = await stage.serve((request) =>
      request.respond(
        200,
        new ReadableStream<Uint8Array>({
          pull(controller) {
            produced += chunk.length;
            controller.enqueue(chunk);
          },
          cancel: () => {
            cancelled = true;
          },
        }),
      ),
    );
    const client = await connect({ paused: true });
    await client.send(get());
    for (let before = -1; before !== produced; ) {
      before = produced;
      for (let i = 0; i < 20; i++) await settled();
    }
    expect(produced).toBeLessThan(stage.stallBytes);
    client.destroy();
    for (let i = 0; i < 200 && !cancelled; i++) await settled();
    expect(cancelled).toBe(true);
    expect(errors).toEqual([]);
  });

  stage.needsReset(
    "cancels a source that comes when the client has gone, though it never has a chunk",
    async () => {
      const cancelled = deferred();
      const { connect, errors } = await stage.serve(async (request) => {
        await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
        await request.respond(200, new ReadableStream({ cancel: () => cancelled.resolve() }));
      });
      const client = await connect();
      await client.send(get());
      await settled();
      client.destroy();
      await cancelled.promise;
      expect(errors).toEqual([]);
    },
  );

  stage.needsReset("aborts the request's signal and rejects writes when the client goes", async () => {
    let reason: unknown;
    let late = "";
    const done = deferred<void>();
    const { connect, errors } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({});
      request.signal.addEventListener("abort", async () => {
        reason = request.signal.reason;
        await writer.write("x").catch((error) => {
          late = error.code;
        });
        done.resolve();
      });
    });
    const client = await connect();
    await client.send(get());
    await client.read("\r\n\r\n");
    client.destroy();
    await done.promise;
    expect((reason as { code: string }).code).toBe("ECONNRESET");
    expect(late).toBe("ConnectionClosed");
    expect(errors).toEqual([]);
  });

  it("leaves the signal alone once the response is complete", async () => {
    let signal: AbortSignal | undefined;
    const { connect } = await stage.serve(async (request) => {
      signal = request.signal;
      await request.respond(200, "ok");
    });
    const client = await connect();
    await client.send(get());
    await client.read("ok");
    client.destroy();
    await client.closed();
    for (let i = 0; i < 5; i++) await settled();
    expect(signal?.aborted).toBe(false);
  });

  stage.needsReset("forgets an answer to a client that left", async () => {
    const gone = deferred<void>();
    const answered = deferred<unknown>();
    const { connect, errors } = await stage.serve(async (request) => {
      request.signal.addEventListener("abort", () => gone.resolve());
      await gone.promise;
      answered.resolve(await request.respond(200, "too late").catch((error) => error));
    });
    const client = await connect();
    await client.send(get());
    await settled();
    client.destroy();
    expect(await answered.promise).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("keeps a stream open after the callback has returned", async () => {
    let writer: BodyWriter | undefined;
    const { connect, errors } = await stage.serve(async (request) => {
      writer = await request.sendHeaders({});
    });
    const client = await connect();
    await client.send(get());
    expect(fields(await client.read("\r\n\r\n"))["transfer-encoding"]).toBe("chunked");
    await client.quiet();
    await writer!.write("later");
    await client.read("later");
    expect(errors).toEqual([]);
  });
}
