import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { textsEndAtOnce } from "../testing/platform.ts";
import {
  body,
  deferred,
  fields,
  get,
  head,
  post,
  ServerStage,
  statuses,
  unchunked,
} from "../testing/server/stage.ts";
import { type FetchHandler, fetchHandler } from "./fetch-handler.ts";
import { installLightFetch } from "./light-fetch/install.ts";

describe.each([
  ["the platform's classes", () => () => {}],
  ["light classes", installLightFetch],
])("fetchHandler with %s", (_, install) => {
  let restore: () => void;
  beforeAll(() => {
    restore = install();
  });
  afterAll(() => restore());

  const stage = new ServerStage({
    setup: () => ({ network: new VirtualNetwork(), listen: { port: 0 }, host: "localhost" }),
    stallBytes: 4 * 1024 * 1024,
  });
  const serve = (handler: FetchHandler) => stage.serve(fetchHandler(handler));

  it("gives a Request with method, URL, every header and the body", async () => {
    const { exchange } = await serve(async (request) => {
      expect(request).toBeInstanceOf(Request);
      const { method, url, headers } = request;
      return Response.json({
        method,
        url,
        cookie: headers.get("cookie"),
        host: headers.get("host"),
        text: await request.text(),
      });
    });
    const text = await exchange(post("hello", "Cookie: a=b"));
    expect(JSON.parse(unchunked(text))).toEqual({
      method: "POST",
      url: "http://example.test/",
      cookie: "a=b",
      host: "example.test",
      text: "hello",
    });
  });

  it("gives several Cookie lines, as gateways from HTTP/2 may leave them, as one that can be read", async () => {
    const { exchange } = await serve(({ headers }) => Response.json([headers.get("cookie"), [...headers]]));
    expect(
      JSON.parse(unchunked(await exchange(get("/", "Cookie: a=1", "X-A: 1", "X-A: 2", "cookie: b=2")))),
    ).toEqual([
      "a=1; b=2",
      [
        ["cookie", "a=1; b=2"],
        ["host", "example.test"],
        ["x-a", "1, 2"],
      ],
    ]);
  });

  it("gives a Request that can be cloned, with every header and the body", async () => {
    const { exchange } = await serve(async (request) => {
      const copy = request.clone();
      const texts = [await request.text(), await copy.text()];
      return Response.json({ texts, cookie: copy.headers.get("cookie"), aborted: copy.signal.aborted });
    });
    expect(JSON.parse(unchunked(await exchange(post("hello", "Cookie: a=b"))))).toEqual({
      texts: ["hello", "hello"],
      cookie: "a=b",
      aborted: false,
    });
  });

  it("answers with status, headers, every Set-Cookie, and a length where the body is one chunk", async () => {
    const { exchange } = await serve(
      () =>
        new Response("made", {
          status: 201,
          headers: [
            ["Set-Cookie", "a=1"],
            ["Set-Cookie", "b=2"],
            ["X-A", "b"],
          ],
        }),
    );
    const text = await exchange(get());
    expect(statuses(text)).toEqual([201]);
    // A page's own constructor drops them: Set-Cookie is a forbidden response-header name there (Fetch, 2.2.2).
    const kept = new Response(null, { headers: { "Set-Cookie": "a=1" } }).headers.has("set-cookie");
    expect(text.match(/set-cookie/gi) ?? []).toHaveLength(kept ? 2 : 0);
    expect(fields(text)).toMatchObject({ "x-a": "b", ...(textsEndAtOnce && { "content-length": "4" }) });
    expect(unchunked(text)).toBe("made");
  });

  it("answers HEAD, 204 and 304 without a body", async () => {
    const { exchange } = await serve((request) =>
      request.method === "HEAD"
        ? new Response("ignored")
        : new Response(null, { status: request.url.endsWith("/304") ? 304 : 204 }),
    );
    expect(body(await exchange(head("HEAD / HTTP/1.1", "Host: a")))).toBe("");
    expect(statuses(await exchange(get() + get("/304")))).toEqual([204, 304]);
  });

  it("streams the response as it is made, and cancels it when the client goes", async () => {
    const cancelled = deferred();
    const more = deferred();
    const { connect } = await serve(
      () =>
        new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(new TextEncoder().encode("first"));
              await more.promise;
              controller.enqueue(new TextEncoder().encode("second"));
            },
            cancel: () => cancelled.resolve(),
          }),
        ),
    );
    const client = await connect();
    await client.send(get());
    await client.read("first");
    more.resolve();
    await client.read("second");
    client.destroy();
    await cancelled.promise;
  });

  it("sends the head before there is a chunk, and cancels a body that never had one when the client goes", async () => {
    const cancelled = deferred();
    const events = { cancel: () => cancelled.resolve() };
    const { connect, errors } = await serve(
      () => new Response(new ReadableStream(events), { headers: { "Content-Type": "text/event-stream" } }),
    );
    const client = await connect();
    await client.send(get());
    await client.read("text/event-stream");
    await client.read("\r\n\r\n");
    client.destroy();
    await cancelled.promise;
    expect(errors).toEqual([]);
  });

  it("streams the request as it arrives", async () => {
    const { connect } = await serve(async (request) => new Response(request.body));
    const client = await connect();
    await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 6")}abc`);
    await client.read("abc");
    await client.send("def");
    await client.read("def");
  });

  it("aborts the signal when the client goes", async () => {
    const aborted = deferred();
    const { connect } = await serve((request) => {
      request.signal.addEventListener("abort", () => aborted.resolve());
      return new Promise(() => {});
    });
    const client = await connect();
    await client.send(get());
    await client.quiet(5);
    client.destroy();
    await aborted.promise;
  });

  it("answers 500 to what the handler throws or returns by mistake, and tells onError", async () => {
    const { exchange, errors } = await serve((request) => {
      if (request.url.endsWith("/throw")) throw new Error("broke");
      if (request.url.endsWith("/error")) return Response.error();
      return "text" as unknown as Response;
    });
    expect(statuses(await exchange(get("/throw") + get("/error") + get("/text")))).toEqual([500, 500, 500]);
    expect(errors).toHaveLength(3);
  });

  it("refuses what is no function at once", () => {
    expect(() => fetchHandler({ fetch: () => new Response() } as never)).toThrow("app.fetch");
  });

  it("answers 500 to a body that fails at once, and breaks off one that fails when its head has left", async () => {
    const fail = deferred();
    const { connect, exchange, errors } = await serve((request) => {
      const late = request.url.endsWith("/late");
      return new Response(
        new ReadableStream({
          async start() {
            if (late) await fail.promise;
            throw new Error("no body");
          },
        }),
      );
    });
    expect(statuses(await exchange(get()))).toEqual([500]);
    const client = await connect();
    await client.send(get("/late"));
    await client.read("HTTP/1.1 200 OK\r\n");
    await client.read("\r\n\r\n");
    fail.resolve();
    expect(await client.readToEnd()).toBe(""); // no last chunk: nobody takes it for whole
    expect(errors).toEqual([new Error("no body"), new Error("no body")]);
  });

  it("answers 500 to a Response that was sent or read before", async () => {
    const kept = new Response("once");
    const { exchange, errors } = await serve(async (request) => {
      if (request.url.endsWith("/read")) await kept.text().catch(() => {});
      return kept;
    });
    expect(statuses(await exchange(get() + get() + get("/read")))).toEqual([200, 500, 500]);
    const used = new TypeError("the handler returned a Response whose body was used");
    expect(errors).toEqual([used, used]);
  });

  it("answers 501 to a method that Request does not take, and drops the body of a GET", async () => {
    const { exchange } = await serve((request) => new Response(String(request.body ?? null)));
    expect(statuses(await exchange(head("TRACE / HTTP/1.1", "Host: a")))).toEqual([501]);
    expect(unchunked(await exchange(`${get("/", "Content-Length: 2")}hi`))).toBe("null");
  });
});
