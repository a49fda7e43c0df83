import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { csrf } from "hono/csrf";
import { etag } from "hono/etag";
import { methodOverride } from "hono/method-override";
import { poweredBy } from "hono/powered-by";
import { prettyJSON } from "hono/pretty-json";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { timeout } from "hono/timeout";
import { trimTrailingSlash } from "hono/trailing-slash";
import { expect, it } from "vitest";
import { VirtualNetwork } from "../../adapters/virtual/index.ts";
import { createFetch } from "../../client/index.ts";
import { fetchHandler } from "../fetch-handler.ts";
import { installLightFetch } from "../light-fetch/install.ts";
import { HttpServer } from "../server.ts";

/** Middleware that makes requests and responses of others, reads them, copies them and changes their headers. */
function application(): Hono {
  const app = new Hono();
  app.use(secureHeaders(), poweredBy(), trimTrailingSlash());
  app.use("/etag", etag()).get("/etag", (c) => c.text("tagged"));
  app.use("/small", compress({ threshold: 0 })).get("/small", (c) => c.text("again ".repeat(200)));
  app.use("/cors", cors({ origin: "http://x" })).get("/cors", (c) => c.json({ a: 1 }));
  app.use("/pretty", prettyJSON()).get("/pretty", (c) => c.json({ a: [1] }));
  app.use("/soon", timeout(10_000)).get("/soon", async (c) => c.html("<p>soon</p>", 201, { "X-A": "1" }));
  app.use("/id", requestId({ generator: () => "1" })).get("/id", (c) => c.body(c.get("requestId")));
  app.use("/limit", bodyLimit({ maxSize: 10 })).post("/limit", async (c) => c.text(await c.req.text()));
  app.use("/form", csrf()).post("/form", async (c) => c.json(await c.req.parseBody()));
  app.use("/over", methodOverride({ app })).delete("/over", async (c) => c.text(await c.req.text()));
  app.get("/seen", (c) => c.json([c.req.header(), c.req.query(), c.req.url, c.req.method]));
  app.get("/bytes", (c) => c.body(new Uint8Array([65, 66])));
  app.get("/none", (c) => c.body(null, 204));
  app.get("/cookies", (c) => {
    for (const cookie of ["a=1", "b=2"]) c.header("Set-Cookie", cookie, { append: true });
    return c.text("set");
  });
  app.get("/copy", async () => {
    const made = await app.request("/etag");
    return new Response(made.body, made);
  });
  app.post("/twice", async (c) => c.json([await c.req.text(), await c.req.json()]));
  app.post("/clone", async (c) => {
    const copy = c.req.raw.clone();
    return c.json([await c.req.text(), await copy.text()]);
  });
  app.post("/wrap", async (c) => {
    const { body, headers } = new Request(c.req.raw, { headers: { "X-A": "1" } });
    return new Response(body, { headers });
  });
  app.post("/blob", async (c) => c.text((await c.req.blob()).type));
  app.mount(
    "/mount",
    new Hono().post("/deep/:x", async (c) => c.json([c.req.url, await c.req.json()])).fetch,
  );
  return app;
}

const json = { method: "POST", body: '{"a":1}', headers: { "Content-Type": "application/json" } };
const post = (fields: string) => ({
  method: "POST",
  body: new URLSearchParams(fields),
  headers: { Origin: "http://localhost" },
});
const questions: [string, RequestInit?][] = [
  ...["/etag", "/cors", "/pretty?pretty", "/soon", "/id", "/seen?a=1&b=2", "/bytes", "/none"].map(
    (path): [string] => [path],
  ),
  ...["/cookies", "/copy", "/missing", "/missing/"].map((path): [string] => [path]),
  ["/etag", { method: "HEAD" }],
  ["/etag", { headers: { "If-None-Match": "*" } }],
  ["/small", { headers: { "Accept-Encoding": "gzip" } }],
  ...["/limit", "/twice", "/clone", "/wrap", "/blob", "/mount/deep/5?x=1"].map(
    (path): [string, RequestInit] => [path, json],
  ),
  ["/limit", post("a=too+long+a+text")],
  ["/form", post("a=5")],
  ["/over", post("_method=DELETE&a=1")],
];

/** What comes over the wire, and what `onError` heard. */
async function answers(): Promise<unknown[]> {
  const network = new VirtualNetwork();
  const said: unknown[] = [];
  const server = new HttpServer({ network, onError: (error) => said.push(error) });
  const served = server.serve(80, fetchHandler(application().fetch));
  const fetch = createFetch(network, { keepAliveMs: 0 });
  for (const [path, init] of questions) {
    const response = await fetch(`http://localhost${path}`, { redirect: "manual", ...init });
    const headers = [...response.headers].filter(([name]) => name !== "date");
    said.push({ path, status: response.status, headers, text: await response.text() });
  }
  await server.close({ graceMs: 0 });
  await served;
  return said;
}

it("says the same with light classes as with the platform's", async () => {
  const platforms = await answers();
  const restore = installLightFetch();
  const light = await answers().finally(restore);
  expect(platforms).toHaveLength(questions.length);
  expect(light).toEqual(platforms);
});
