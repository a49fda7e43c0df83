/** Mistakes of a caller end as they do with Node's own `http`: by the same class of error, with the same code. */
import http from "node:http";
import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { httpOn, moduleOf } from "./http.ts";
import { ServerResponse } from "./server-response.ts";

type Http = Pick<typeof http, "createServer" | "validateHeaderName" | "validateHeaderValue">;
/** What is done with one of the two modules, and with a response that it made. */
type Act = (http: Http, response: http.ServerResponse) => unknown;

const ours = moduleOf(httpOn({ network: new VirtualNetwork(), pinned: false }));
const request = { method: "GET", httpVersionMajor: 1, httpVersionMinor: 1 };
const sides = {
  node: (act: Act) => act(http, new http.ServerResponse(request as http.IncomingMessage)),
  portico: (act: Act) => act(ours as never, new ServerResponse(request as never) as never),
};

/** The class and the code of what a call throws. */
function mistake(side: keyof typeof sides, act: Act): string | undefined {
  try {
    sides[side](act);
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException;
    const kind = [TypeError, RangeError, Error].find((each) => error instanceof each)?.name;
    return `${kind} ${name} ${code}`;
  }
  return undefined;
}

const make = (...args: unknown[]): [string, Act] => [
  `createServer(${shown(args)})`,
  (http) => http.createServer(...(args as [])),
];

const listen = (...args: unknown[]): [string, Act] => [
  `listen(${shown(args)})`,
  (http) => {
    const server = http.createServer().on("error", () => {});
    try {
      server.listen(...(args as []));
    } finally {
      server.close();
    }
  },
];

const on = (name: string, ...args: unknown[]): [string, Act] => [
  `response.${name}(${shown(args)})`,
  (_, response) => (response as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args),
];

const late = (name: string, ...args: unknown[]): [string, Act] => [
  `response.${name}(${shown(args)}) behind the head`,
  (http, response) => on(name, ...args)[1](http, response.writeHead(200)),
];

function shown(args: readonly unknown[]): string {
  return args.map((arg) => (typeof arg === "object" ? JSON.stringify(arg) : String(arg))).join(", ");
}

const numbers = ["keepAliveTimeout", "headersTimeout", "requestTimeout", "maxHeaderSize"];
const MISTAKES: readonly [string, Act][] = [
  ...[1, "x"].map((options) => make(options)),
  ...[5, "x"].map((listener) => make({}, listener)),
  ...numbers.flatMap((name) => ["1", -1, Number.NaN, 1.5, null].map((value) => make({ [name]: value }))),
  ...[-1, 65_536, "65536", 1.5, Number.NaN, true, " ", ""].map((port) => listen(port)),
  ...[{}, { host: "localhost" }, { port: "x" }, { port: -1 }, { port: true }, { port: {} }].map((one) =>
    listen(one),
  ),
  ...[{ path: 5 }, { path: true }].map((one) => listen(one)),
  [
    "listen() twice",
    (http) => {
      const server = http.createServer().listen(0);
      try {
        server.listen(0);
      } finally {
        server.close();
      }
    },
  ],
  ...["", "a b", undefined, 5].map((name) => on("setHeader", name, "1")),
  ...[undefined, "\n", "\u0100", ["x", "\n"]].map((value) => on("setHeader", "a", value)),
  ...["", "a b", undefined].map((name) => on("appendHeader", name, "1")),
  ...[undefined, "\n", ["x", "\n"]].map((value) => on("appendHeader", "a", value)),
  ...["getHeader", "hasHeader", "removeHeader"].flatMap((name) => [undefined, 5].map((arg) => on(name, arg))),
  ...[5, undefined, "x"].map((headers) => on("setHeaders", headers)),
  ...[99, 1000, "abc", undefined].map((status) => on("writeHead", status)),
  on("writeHead", 200, "a\nb"),
  ...[["a"], { "a b": "1" }, { a: undefined }, { a: "\n" }].map((headers) => on("writeHead", 200, headers)),
  ...["setHeader", "appendHeader"].map((name) => late(name, "a", "1")),
  late("removeHeader", "a"),
  late("writeHead", 200),
  ...[5, {}, true, []].flatMap((chunk) => [on("write", chunk), on("end", chunk)]),
  ...[undefined, null].map((chunk) => on("write", chunk)),
  ...[{ "a b": "1" }, { a: "\n" }].map((trailers) => on("addTrailers", trailers)),
  ["an implicit head with a wrong code", (_, response) => Object.assign(response, { statusCode: 1 }).end()],
  [
    "an implicit head with a wrong phrase",
    (_, response) => Object.assign(response, { statusMessage: "\n" }).end(),
  ],
  ...["", "x y", undefined].map((name): [string, Act] => [
    `validateHeaderName(${name})`,
    (http) => http.validateHeaderName(name as string),
  ]),
  ...[undefined, "\n"].map((value): [string, Act] => [
    `validateHeaderValue("a", ${value})`,
    (http) => http.validateHeaderValue("a", value as string),
  ]),
];

describe("what a caller does wrong", () => {
  it.each(MISTAKES)("is the error that it is with Node: %s", (_, act) => {
    const nodes = mistake("node", act);
    expect(nodes).toMatch(/^(Type|Range)?Error \w+ ERR_/);
    expect(mistake("portico", act)).toBe(nodes);
  });

  it("is told to who closes what does not listen", async () => {
    const closed = (http: Http) =>
      new Promise<Error | undefined>((resolve) => http.createServer().close(resolve));
    const [nodes, own] = [await closed(http), await closed(ours as never)];
    expect(own).toMatchObject({ name: nodes?.name, code: "ERR_SERVER_NOT_RUNNING" });
  });
});

const RIGHT: readonly [string, Act][] = [
  ...[{}, null, undefined].map((options) => make(options, () => {})),
  make(() => {}),
  make({ keepAliveTimeout: undefined }),
  ...numbers.map((name) => make({ [name]: 0 })),
  ...[0, "0", null, undefined].map((port) => listen(port)),
  ...[{ port: 0 }, { port: "0" }, { port: null, path: undefined }].map((one) => listen(one)),
  ...[null, "x", 5, ["x", "y"]].map((value) => on("setHeader", "a", value)),
  ...[200, "200", 200.7, 404].map((status) => on("writeHead", status)),
  on("setHeaders", new Map([["a", "1"]])),
  on("setHeaders", new Headers({ a: "1" })),
];

it.each(RIGHT)("what Node takes is taken: %s", (_, act) => {
  expect(mistake("node", act)).toBeUndefined();
  expect(mistake("portico", act)).toBeUndefined();
});
