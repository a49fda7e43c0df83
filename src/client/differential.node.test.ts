/** The same requests through undici's `fetch` and through ours have to look alike: to the caller, and to the server. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { type RequestInit as UndiciInit, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NodeNetwork } from "../adapters/node/index.ts";
import { createFetch } from "./fetch.ts";
import type { FetchInit } from "./request.ts";

const server = createServer((request, response) => void answer(request, response));
const ours = createFetch(new NodeNetwork());
let url = "";
/** What the server saw of the last fetch, a line a request. */
let seen: string[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  ours.close();
  server.closeAllConnections();
  server.close();
});

const FIELDS = ["content-type", "content-length", "authorization", "x-own", "range", "host", "accept"];

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks)
    .toString()
    .replace(/-{2,}[\w-]*\d+/g, "boundary");
  const fields = FIELDS.map((name) =>
    `${name}=${request.headers[name] ?? ""}`.replace(/boundary=.*/, "boundary"),
  );
  // A form's length varies with its boundary.
  const shown = body.includes("boundary")
    ? fields.filter((field) => !field.startsWith("content-length"))
    : fields;
  seen.push(`${request.method} ${request.url} ${shown.join(" ")} ${body}`);
  const path = new URL(request.url ?? "/", url).pathname;
  const redirect = /^\/(30\d)\/(.*)$/.exec(path);
  if (redirect) {
    response.writeHead(Number(redirect[1]), { location: decodeURIComponent(redirect[2] ?? "") });
    response.end("moved");
    return;
  }
  const route = ROUTES[path] ?? (() => response.end("end"));
  route(response);
}

const ROUTES: Record<string, (response: ServerResponse) => void> = {
  "/text": (response) => response.writeHead(200, "Fine", { "content-type": "text/plain" }).end("text é"),
  "/204": (response) => response.writeHead(204).end(),
  "/205": (response) => response.writeHead(205).end(),
  "/304": (response) => response.writeHead(304, { etag: '"a"' }).end(),
  "/404": (response) => response.writeHead(404).end("none"),
  "/599": (response) => response.writeHead(599, "Odd").end("odd"),
  "/empty": (response) => response.writeHead(200, { "content-length": "0" }).end(),
  "/chunks": (response) => {
    response.write("one ");
    setImmediate(() => response.end("two"));
  },
  "/gzip": (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("coded")),
  "/deflate": (response) =>
    response.writeHead(200, { "content-encoding": "deflate" }).end(deflateSync("coded")),
  "/both": (response) =>
    response.writeHead(200, { "content-encoding": "deflate, gzip" }).end(gzipSync(deflateSync("coded"))),
  "/unknown": (response) => response.writeHead(200, { "content-encoding": "rot13" }).end("as is"),
  "/broken": (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("not gzip"),
  "/twice": (response) => response.writeHead(200, { "x-a": ["1", "2"], "set-cookie": ["a=1", "b=2"] }).end(),
  "/latin": (response) => response.writeHead(200, { "x-a": "\u00e9" }).end(),
  "/cut": (response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("12345", () => response.destroy());
  },
  "/no-location": (response) => response.writeHead(302).end("stay"),
  "/early": (response) => {
    response.writeEarlyHints({ link: "</a>; rel=preload" });
    response.end("late");
  },
};

/** What depends on the clock and on the connection: undici closes it after HEAD. */
const HOP_BY_HOP = ["date", "connection", "keep-alive"];

interface Outcome {
  readonly server: readonly string[];
  readonly caller: unknown;
}

type AnyFetch = (url: string, init?: UndiciInit) => Promise<unknown>;

async function outcome(fetch: AnyFetch, path: string, init: () => UndiciInit): Promise<Outcome> {
  seen = [];
  let caller: unknown;
  try {
    const response = (await fetch(url + path, init())) as Response;
    const { status, statusText, ok, redirected, type } = response;
    const headers = [...response.headers].filter(([name]) => !HOP_BY_HOP.includes(name));
    const at = response.url.replace(url, "");
    const kind = response.body === null ? "null" : "stream";
    const text = await response.text().catch((error: Error) => `error ${error.constructor.name}`);
    caller = { status, statusText, ok, redirected, type, headers, at, kind, text };
  } catch (error) {
    caller = `rejected ${error instanceof TypeError ? "TypeError" : String(error)}`;
  }
  return { server: seen, caller };
}

type Row = readonly [path: string, init?: () => FetchInit & UndiciInit];
const post =
  (body: () => unknown, more: object = {}) =>
  () => ({
    method: "POST",
    body: body() as never,
    ...more,
  });
const to = (status: number, path: string) => `/${status}/${encodeURIComponent(path)}`;

const rows: readonly Row[] = [
  ...Object.keys(ROUTES).map((path): Row => [path]),
  ...["/text", "/gzip", "/204", "/404"].map((path): Row => [path, () => ({ method: "HEAD" })]),
  ["/a?b=c#d"],
  ["/ä ü"],
  ["/x", () => ({ method: "options" })],
  ["/x", () => ({ method: "patch", body: "a" })],
  ["/x", () => ({ method: "PURGE" })],
  ["/x", () => ({ method: "POST" })],
  ["/x", () => ({ method: "PUT" })],
  ["/x", () => ({ method: "DELETE" })],
  ["/x", () => ({ method: "CONNECT" })],
  ["/x", () => ({ method: "bad method" })],
  ["/x", () => ({ method: "GET", body: "a" })],
  ["/x", () => ({ headers: { "x-own": "1", authorization: "Basic x" } })],
  ["/x", () => ({ headers: { "x-own": "a\r\nb" } })],
  ["/x", () => ({ headers: { "x own": "a" } })],
  ["/x", () => ({ headers: { range: "bytes=0-1" } })],
  ["/x", () => ({ headers: { accept: "text/html" } })],
  ["/x", post(() => "text ü")],
  ["/x", post(() => "")],
  ["/x", post(() => new Uint8Array([65, 66]))],
  ["/x", post(() => new Uint8Array([65, 66]).buffer)],
  ["/x", post(() => new Blob(["blob"], { type: "x/y" }))],
  ["/x", post(() => new URLSearchParams({ a: "1 2" }))],
  ["/x", post(() => "own type", { headers: { "content-type": "x/own" } })],
  ["/x", post(() => new Blob(["stream"]).stream(), { duplex: "half" })],
  ["/x", post(() => new Blob(["stream"]).stream())],
  ...[301, 302, 303, 307, 308].flatMap((status): Row[] => [
    [to(status, "/end")],
    [to(status, "/end"), () => ({ method: "HEAD" })],
    [to(status, "/end"), post(() => "body")],
    [to(status, "/end"), () => ({ method: "PUT", body: "body" })],
    [to(status, "/end"), post(() => new Blob(["stream"]).stream(), { duplex: "half" })],
    [to(status, "/end"), () => ({ redirect: "manual" })],
    [to(status, "/end"), () => ({ redirect: "error" })],
  ]),
  [to(302, "relative?x#y")],
  [to(302, "/a#own")],
  [`${to(302, "/a")}#kept`],
  [to(302, to(307, to(301, "/end")))],
  [to(302, "ftp://localhost/")],
  [to(302, "http://[bad")],
  [to(300, "/end")],
  [to(304, "/end")],
];

describe("as undici's fetch", () => {
  test.each(rows.map(([path, init], i) => [i, path, init?.() ?? {}, init ?? (() => ({}))] as const))(
    "%i: %s %j",
    async (_, path, __, init) => {
      const theirs = await outcome(undiciFetch, path, init);
      const mine = await outcome(ours as unknown as AnyFetch, path, init);
      expect(mine).toEqual(theirs);
    },
  );

  test("authorization does not go to another origin", async () => {
    const other = url.replace("127.0.0.1", "localhost");
    const init = () => ({ headers: { authorization: "Basic x", "x-own": "1" } });
    const theirs = await outcome(undiciFetch, to(307, `${other}/end`), init);
    const mine = await outcome(ours as unknown as AnyFetch, to(307, `${other}/end`), init);
    expect(mine.server.map((line) => line.replaceAll(other, "other"))).toEqual(
      theirs.server.map((line) => line.replaceAll(other, "other")),
    );
    expect(mine.server.at(-1)).toContain("authorization= ");
  });
});
