import { describe, expect, test } from "vitest";
import { serverStage, WireServer, wireStage } from "../testing/client-stage.ts";
import { acceptEncoding } from "./decoding.ts";
import { createFetch } from "./fetch.ts";
import { headersOf } from "./response-facts.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("a request", () => {
  test("has a Host, accepts everything, and has no body of its own accord", async () => {
    const { server, fetch, url } = await wireStage({ userAgent: "tests" });
    const response = fetch(`${url}path?query=1#fragment`);
    const { wire, head } = await server.request();
    await wire.send(OK);
    expect(head.replace(/Accept-Encoding: .*/, "Accept-Encoding: ...")).toBe(
      `GET /path?query=1 HTTP/1.1\r\nHost: localhost:${server.port}\r\nAccept: */*\r\nUser-Agent: tests\r\n` +
        "Accept-Encoding: ...\r\n\r\n",
    );
    expect(head).toContain(`Accept-Encoding: ${acceptEncoding()}\r\n`);
    expect(await (await response).text()).toBe("ok");
  });

  test("asks for what its connection is to be, but not for what it is anyway", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url, { headers: { Connection: "X-Hop, Keep-Alive" } });
    const { wire, head } = await server.request();
    await wire.send(OK);
    await response;
    expect(head).toContain("Connection: x-hop\r\n");
    expect(wire.state).toBe("open");
  });

  test("keeps a header outside ASCII, which is an octet each", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url, { headers: { "X-Name": "é" } });
    const { wire, head } = await server.request();
    await wire.send(OK);
    await response;
    expect(head).toMatch(/^GET \/ HTTP\/1\.1\r\n.*X-Name: \xe9\r\n.*\r\n\r\n$/s);
  });

  test("leaves the default port out of its Host", async () => {
    const { network, fetch } = await wireStage();
    const server = await WireServer.listen(network, 80);
    const response = fetch("http://localhost:80/");
    const { wire, head } = await server.request();
    await wire.send(OK);
    expect(head).toContain("Host: localhost\r\n");
    expect((await response).url).toBe("http://localhost/");
  });

  test("reaches an IPv6 address", async () => {
    const { server, fetch } = await wireStage();
    const response = fetch(`http://[::1]:${server.port}/`);
    const { wire, head } = await server.request();
    await wire.send(OK);
    expect(head).toContain(`Host: [::1]:${server.port}\r\n`);
    expect((await response).status).toBe(200);
  });

  test("sends its fields in their order and spelling, those too that a page may not set", async () => {
    const { server, fetch, url } = await wireStage();
    const headers = { "X-One": "1", Cookie: "a=b", Host: "elsewhere", Origin: "x", "x-TWO": ["2", "3"] };
    const response = fetch(url, { headers });
    const { wire, head } = await server.request();
    await wire.send(OK);
    await response;
    expect(head).toMatch(
      /^GET \/ HTTP\/1\.1\r\nHost: elsewhere\r\nX-One: 1\r\nOrigin: x\r\nx-TWO: 2\r\nx-TWO: 3\r\nCookie: a=b\r\n/,
    );
  });

  test("may replace the fields that are sent by default", async () => {
    const { server, fetch, url } = await wireStage();
    const headers = { accept: "text/html", "user-agent": "me", "accept-encoding": "identity" };
    const response = fetch(url, { headers });
    const { wire, head } = await server.request();
    await wire.send(OK);
    await response;
    expect(head).toBe(
      `GET / HTTP/1.1\r\nHost: localhost:${server.port}\r\naccept: text/html\r\nuser-agent: me\r\n` +
        "accept-encoding: identity\r\n\r\n",
    );
  });

  test("for a range asks for no coding, and never sends Expect", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url, { headers: { Range: "bytes=0-1", Expect: "100-continue" } });
    const { wire, head } = await server.request();
    await wire.send(OK);
    await response;
    expect(head).toContain("Accept-Encoding: identity\r\n");
    expect(head).not.toContain("Expect");
  });

  test("takes everything from a Request, and init goes before it", async () => {
    const { fetch, url } = await serverStage(async (request) => {
      const { method, target, headers } = request;
      await request.respond(200, `${method} ${target} ${headers.get("x-a")} ${await request.text()}`);
    });
    const request = () => new Request(`${url}r`, { method: "PUT", headers: { "x-a": "1" }, body: "body" });
    expect(await (await fetch(request())).text()).toBe("PUT /r 1 body");
    expect(await (await fetch(request(), { method: "post", headers: { "x-a": "2" } })).text()).toBe(
      "POST /r 2 body",
    );
    expect(await (await fetch(request(), { body: "other" })).text()).toBe("PUT /r 1 other");
  });

  test("is refused with a TypeError where the platform refuses it", async () => {
    const { fetch, url } = await wireStage();
    await expect(fetch("http://")).rejects.toThrow(TypeError);
    await expect(fetch("http://user:password@localhost/")).rejects.toThrow("credentials");
    await expect(fetch(url, { method: "TRACE" })).rejects.toThrow(TypeError);
    await expect(fetch(url, { redirect: "none" as never })).rejects.toThrow(TypeError);
    await expect(fetch(url, { method: "A B" })).rejects.toThrow(TypeError);
    await expect(fetch(url, { body: "a" })).rejects.toThrow("GET request");
    await expect(fetch(url, { headers: { "a b": "1" } })).rejects.toThrow(TypeError);
    await expect(fetch(url, { headers: { a: "1\r\nb: 2" } })).rejects.toThrow(TypeError);
    await expect(fetch("ftp://localhost/")).rejects.toThrow("http:");
    await expect(fetch("https://localhost/")).rejects.toThrow("secureNetwork");
    await expect(fetch(url, { integrity: "sha256-abc" })).rejects.toThrow("integrity");
  });

  test("goes to a relative URL where there is a base", async () => {
    const { network, url } = await serverStage((request) => request.respond(200, request.target));
    const fetch = createFetch(network, { baseUrl: `${url}api/` });
    expect(await (await fetch("users?page=2")).text()).toBe("/api/users?page=2");
  });

  test("over a secure network goes to https URLs", async () => {
    const { network, fetch: plain, url } = await serverStage((request) => request.respond(200, "secure"));
    const fetch = createFetch(network, { secureNetwork: network });
    expect(await (await fetch(url.replace("http:", "https:"))).text()).toBe("secure");
    plain.close();
  });
});

test("createFetch gives a fetch to the compiler as well", async () => {
  const { fetch, url } = await serverStage((request) => request.respond(200, "typed"));
  const asPlatforms: typeof globalThis.fetch = fetch;
  expect(await (await asPlatforms(url)).text()).toBe("typed");
});

describe("a response", () => {
  test("is the platform's Response, with what the platform's fetch says of it", async () => {
    const { fetch, url } = await serverStage((request) =>
      request.respond(404, "nothing", { "Content-Type": "text/plain", "X-Two": ["a", "b"] }),
    );
    const response = await fetch(`${url}a#b`);
    expect(response).toBeInstanceOf(Response);
    const { status, statusText, ok, redirected, type, bodyUsed } = response;
    expect({ status, statusText, ok, redirected, type, bodyUsed, url: response.url }).toEqual({
      status: 404,
      statusText: "Not Found",
      ok: false,
      redirected: false,
      type: "basic",
      bodyUsed: false,
      url: `${url}a`,
    });
    expect(response.headers).toBeInstanceOf(Headers);
    expect(response.headers.get("x-two")).toBe("a, b");
    expect(await response.text()).toBe("nothing");
    expect(response.bodyUsed).toBe(true);
  });

  test("has its cookies, in a page too", async () => {
    const { fetch, url } = await serverStage((request) =>
      request.respond(200, "", { "Set-Cookie": ["a=1; HttpOnly", "b=2"] }),
    );
    const response = await fetch(url);
    expect(response.headers.getSetCookie()).toEqual(["a=1; HttpOnly", "b=2"]);
    expect(response.clone().headers.getSetCookie()).toEqual(["a=1; HttpOnly", "b=2"]);
  });

  test("has its field lines as they were on the wire", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    await server.answer("HTTP/1.1 200 OK\r\nX-b: 1\r\nx-A: 2\r\nX-B: 3\r\nContent-Length: 0\r\n\r\n");
    expect([...headersOf(await response).lines()].slice(0, 3)).toEqual([
      ["X-b", "1"],
      ["x-A", "2"],
      ["X-B", "3"],
    ]);
    expect(() => headersOf(new Response())).toThrow(TypeError);
  });

  test("can be cloned and keeps its URL", async () => {
    const { fetch, url } = await serverStage((request) => request.respond(200, "twice"));
    const response = await fetch(url);
    const copy = response.clone();
    expect(copy.url).toBe(url);
    expect([await response.text(), await copy.text()]).toEqual(["twice", "twice"]);
  });

  test.each([204, 205, 304])("with status %i has no body", async (status) => {
    const { fetch, url } = await serverStage((request) => request.respond(status, null));
    const response = await fetch(url);
    expect(response.status).toBe(status);
    expect(response.body).toBe(null);
    expect(await response.text()).toBe("");
  });

  test("to HEAD has no body, whatever its Content-Length, and the connection goes on", async () => {
    const { fetch, url, network } = await serverStage((request) => request.respond(200, "12345"));
    const response = await fetch(url, { method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("5");
    expect(response.body).toBe(null);
    const before = network.descriptors().active;
    expect(await (await fetch(url)).text()).toBe("12345");
    expect(network.descriptors().active).toBe(before);
  });

  test("without content has a body that is empty", async () => {
    const { fetch, url } = await serverStage((request) => request.respond(200, ""));
    const response = await fetch(url);
    expect(response.body).not.toBe(null);
    expect(await response.text()).toBe("");
  });

  test("comes behind any number of interim responses", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    await server.answer(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`);
    expect((await response).headers.has("link")).toBe(false);
    expect(await (await response).text()).toBe("ok");
  });

  test("of an HTTP/1.0 server ends with the connection", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    await server.answer("HTTP/1.0 200 Fine\r\nContent-Type: text/plain\r\n\r\nuntil the end", true);
    expect((await response).statusText).toBe("Fine");
    expect(await (await response).text()).toBe("until the end");
  });
});
