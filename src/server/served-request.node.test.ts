import { afterAll, beforeAll, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { serverStage } from "../testing/client-stage.ts";
import { body, post, ServerStage } from "../testing/server/stage.ts";
import { type FetchHandler, fetchHandler } from "./fetch-handler.ts";

const own = globalThis.Request;

/** `Request` as Firefox has it: a stream is a text to it, and nobody learns of its body. */
class RequestOfFirefox extends own {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    super(input, init.body instanceof ReadableStream ? { ...init, body: String(init.body) } : init);
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return undefined as never;
  }
}

beforeAll(() => {
  globalThis.Request = RequestOfFirefox;
});
afterAll(() => {
  globalThis.Request = own;
});

const stage = new ServerStage({
  setup: () => ({ network: new VirtualNetwork(), listen: { port: 0 }, host: "localhost" }),
  stallBytes: 4 * 1024 * 1024,
});
const answerTo = async (request: string, handler: FetchHandler) => {
  const { exchange } = await stage.serve(fetchHandler(handler));
  return body(await exchange(request));
};

it.each<[string, (request: Request) => Promise<unknown>, unknown]>([
  ["as text", (request) => request.text(), '{"a":1}'],
  ["as JSON", (request) => request.json(), { a: 1 }],
  ["as bytes", async (request) => (await request.arrayBuffer()).byteLength, 7],
  ["as a blob", async (request) => (await request.blob()).size, 7],
  ["as a stream", (request) => new Response(request.body).text(), '{"a":1}'],
  [
    "and a clone of it",
    async (request) => {
      const copy = request.clone();
      return [await copy.text(), await request.text(), copy.headers.get("x-a"), copy.url];
    },
    ['{"a":1}', '{"a":1}', "b", "http://example.test/"],
  ],
  [
    "once",
    async (request) => {
      const before = request.bodyUsed;
      await request.text();
      return [before, request.bodyUsed, await request.text().catch(({ name }) => name)];
    },
    [false, true, "TypeError"],
  ],
])("is read where Request takes no stream: %s", async (_, read, expected) => {
  const text = await answerTo(post('{"a":1}', "X-A: b"), async (request) => {
    expect(request).toBeInstanceOf(Request);
    return Response.json({ seen: await read(request) });
  });
  expect(text).toContain(JSON.stringify({ seen: expected }));
});

it("is read as a form where Request takes no stream", async () => {
  const type = "Content-Type: application/x-www-form-urlencoded";
  const text = await answerTo(post("a=1", type), async (request) =>
    Response.json((await request.formData()).get("a")),
  );
  expect(text).toContain('"1"');
});

it("is sent by createFetch where a Request does not show its body", async () => {
  const { fetch, url } = await serverStage(async (request) => request.respond(200, await request.text()));
  const request = () => new Request(url, { method: "POST", body: "all of it" });
  expect(await (await fetch(request())).text()).toBe("all of it");
  const read = request();
  await read.text();
  await expect(fetch(read)).rejects.toThrow(TypeError);
  expect(await (await fetch(new Request(url))).text()).toBe("");
});
