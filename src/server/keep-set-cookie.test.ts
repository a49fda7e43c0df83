import { afterEach, describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { get } from "../testing/server/stage.ts";
import { WireClient } from "../testing/wire-client.ts";
import { fetchHandler } from "./fetch-handler.ts";
import { keepingResponse, keepSetCookie } from "./keep-set-cookie.ts";
import { HttpServer } from "./server.ts";

/** As in a page, whatever this platform does. */
class Filtering extends Response {
  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(body, init);
    super.headers.delete("set-cookie");
  }

  override get headers(): Headers {
    return filtered(super.headers);
  }
}

function filtered(headers: Headers): Headers {
  for (const name of ["append", "set"] as const) {
    const change = headers[name].bind(headers);
    Object.defineProperty(headers, name, {
      value: (key: string, value: string) => /^set-cookie$/i.test(key) || change(key, value),
    });
  }
  return headers;
}

const COOKIES: [string, string][] = [
  ["Set-Cookie", "a=1; Path=/"],
  ["Set-Cookie", "b=2"],
];

describe.each([
  ["the platform's", Response],
  ["one that drops cookies", Filtering],
])("a Response made of %s", (_, Platforms) => {
  const Kept = keepingResponse(Platforms as typeof Response);

  it("keeps every Set-Cookie, from lists, records and Headers, and those that come later", () => {
    expect(new Kept(null, { headers: COOKIES }).headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
    expect(new Kept("x", { headers: { "set-cookie": "c=3" } }).headers.get("Set-Cookie")).toBe("c=3");
    const response = new Kept("x", { headers: new Headers(COOKIES) });
    response.headers.append("Set-Cookie", "c=3");
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2", "c=3"]);
    response.headers.set("set-cookie", "d=4");
    expect(response.headers.getSetCookie()).toEqual(["d=4"]);
    response.headers.delete("set-cookie");
    expect(response.headers.has("set-cookie")).toBe(false);
  });

  it("has the headers that the platform adds, and passes changes on to it", async () => {
    const response = new Kept("text", { status: 201, statusText: "Made", headers: { "X-A": "1" } });
    expect([response.status, response.statusText, await response.text()]).toEqual([201, "Made", "text"]);
    expect(response.headers.get("content-type")).toBe(new Platforms("text").headers.get("content-type"));
    expect(response.headers.get("x-a")).toBe("1");
    response.headers.set("X-A", "2");
    response.headers.append("X-A", "3");
    expect(response.headers.get("x-a")).toBe("2, 3");
    // What a cache or a service worker would see.
    const { get } = Object.getOwnPropertyDescriptor(Response.prototype, "headers") ?? {};
    const platforms: Headers | undefined = get?.call(response);
    expect(platforms?.get("x-a")).toBe("2, 3");
  });

  it("goes on from response to response: as init, by clone and by json", async () => {
    const first = new Kept("text", { status: 202, headers: COOKIES });
    const copies = [new Kept(first.clone().body, first), first.clone(), first.clone().clone()];
    for (const copy of copies) {
      expect([copy.status, copy.headers.getSetCookie().length, await copy.text()]).toEqual([202, 2, "text"]);
    }
    const json = Kept.json({ a: 1 }, { status: 203, headers: COOKIES });
    expect([json.status, json.headers.get("content-type"), json.headers.getSetCookie().length]).toEqual([
      203,
      Response.json({}).headers.get("content-type"),
      2,
    ]);
    expect(await json.json()).toEqual({ a: 1 });
  });

  it("is an instance both ways, and classes of its own are told apart", () => {
    class Mine extends Kept {}
    expect(new Kept()).toBeInstanceOf(Platforms);
    expect(new Platforms()).toBeInstanceOf(Kept);
    expect(new Mine()).toBeInstanceOf(Kept);
    expect(new Kept()).not.toBeInstanceOf(Mine);
    expect({}).not.toBeInstanceOf(Kept);
  });
});

describe("keepSetCookie", () => {
  const servers: HttpServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close({ graceMs: 0 });
  });

  it("replaces the class where it drops cookies, once, and nowhere else", () => {
    const dropping = { Response: Filtering as unknown as typeof Response };
    const { Response: kept } = keepSetCookie(dropping);
    expect(kept).not.toBe(Filtering);
    expect(keepSetCookie(dropping).Response).toBe(kept);
    const keeping = { Response: kept };
    expect(keepSetCookie(keeping).Response).toBe(kept);
  });

  it("gets a handler's cookies over the wire, on every platform", async () => {
    const { Response: Kept } = keepSetCookie({ Response: globalThis.Response });
    const network = new VirtualNetwork();
    const server = new HttpServer({ network });
    servers.push(server);
    void server.serve(
      80,
      fetchHandler(() => new Kept("text", { headers: COOKIES })),
    );
    const client = await WireClient.connect(network, { host: "localhost", port: 80 });
    await client.send(get("/"));
    client.end();
    const text = await client.readToEnd();
    expect(text.match(/^set-cookie: .*$/gim)).toEqual(["set-cookie: a=1; Path=/", "set-cookie: b=2"]);
  });
});
