import { expect, it } from "vitest";
import http, { Agent, get, METHODS, request, STATUS_CODES } from "./index.browser.ts";
import { isIP } from "./modules/net.ts";
import { parse, stringify } from "./modules/querystring.ts";

it("names what is missing", () => {
  expect(() => request()).toThrow("http.request() is not in portico/node-http");
  expect(() => get()).toThrow("http.get()");
  expect(() => new Agent()).toThrow("http.Agent");
  expect(() => (http as unknown as { nothing: unknown }).nothing).toThrow("http.nothing");
  expect(() => (http.globalAgent as { sockets: unknown }).sockets).toThrow("http.globalAgent.sockets");
});

it("has Node's tables", () => {
  expect(METHODS).toContain("M-SEARCH");
  expect(STATUS_CODES["404"]).toBe("Not Found");
  expect(http.createServer).toBeTypeOf("function");
});

it("tells addresses from names", () => {
  expect(
    ["127.0.0.1", "::1", "::ffff:1.2.3.4", "fe80::1%eth0", "256.1.1.1", "a.b", ":", ""].map(isIP),
  ).toEqual([4, 6, 6, 6, 0, 0, 0, 0]);
});

it("reads and writes queries as Node's querystring does", () => {
  expect({ ...parse("a=1&a=2&b=%zz&c&=d&e=x+y%20z") }).toEqual({
    a: ["1", "2"],
    b: "%zz",
    c: "",
    "": "d",
    e: "x y z",
  });
  expect(stringify({ a: ["1", 2], b: true, c: null, d: "x y" })).toBe("a=1&a=2&b=true&c=&d=x%20y");
});
