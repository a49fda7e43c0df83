import { describe, expect, test } from "vitest";
import { causeOf, serverStage, wireStage } from "../testing/client-stage.ts";
import type { FetchInit } from "./request.ts";

/** `/status/location` redirects there, `/n/12` counts down, all else says what it got. */
const stage = () =>
  serverStage(async (request) => {
    const { method, headers, url } = request;
    const [, first = "", second = ""] = url.pathname.split("/");
    if (/^30\d$/.test(first)) {
      return request.respond(Number(first), "moved", { Location: decodeURIComponent(second) });
    }
    if (first === "n" && second !== "0") {
      return request.respond(302, "", { Location: `/n/${Number(second) - 1}` });
    }
    const seen = ["authorization", "cookie", "content-type", "content-length", "x-kept"].map(
      (name) => headers.get(name) ?? "-",
    );
    await request.respond(200, [method, await request.text(), ...seen].join(" | "));
  });

const via = (url: string, status: number, to: string) => `${url}${status}/${encodeURIComponent(to)}`;

describe("a redirect", () => {
  test("is followed, and the response says where it came from", async () => {
    const { fetch, url } = await stage();
    const response = await fetch(`${via(url, 302, "../end?a#b")}`);
    expect(response.redirected).toBe(true);
    expect(response.url).toBe(`${url}end?a`);
    expect(await response.text()).toContain("GET");
  });

  test.each<[number, string, string]>([
    [301, "GET", "GET"],
    [301, "HEAD", "HEAD"],
    [301, "POST", "GET"],
    [301, "PUT", "PUT"],
    [302, "POST", "GET"],
    [302, "DELETE", "DELETE"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "HEAD", "HEAD"],
    [307, "POST", "POST"],
    [307, "PUT", "PUT"],
    [308, "POST", "POST"],
    [308, "PATCH", "PATCH"],
  ])("with %i of %s goes on with %s, and the body goes with the method", async (status, method, then) => {
    const { server, fetch, url } = await wireStage();
    const body = method === "GET" || method === "HEAD" ? undefined : "body";
    const init: FetchInit = { method, headers: { "Content-Language": "en" } };
    const response = fetch(url, body === undefined ? init : { ...init, body });
    const wire = await server.accept();
    await wire.read(body === undefined ? "\r\n\r\n" : "\r\n\r\nbody");
    await wire.send(`HTTP/1.1 ${status} Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n`);
    const kept = body !== undefined && then === method;
    const request = await wire.read(kept ? "\r\n\r\nbody" : "\r\n\r\n");
    expect(request).toMatch(new RegExp(`^${then} /there HTTP/1.1\r\n`));
    expect(/content-type/i.test(request)).toBe(kept);
    expect(/content-length/i.test(request)).toBe(kept);
    expect(/content-language/i.test(request)).toBe(then === method);
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    expect((await response).status).toBe(200);
  });

  test("to another origin loses what was for the first one alone", async () => {
    const { fetch, url, server, network } = await stage();
    const other = url.replace("localhost", "127.0.0.1");
    const headers = { Authorization: "Basic x", Cookie: "a=b", "X-Kept": "1", Host: "named" };
    expect(await (await fetch(via(url, 307, `${url}end`), { headers })).text()).toBe(
      "GET |  | Basic x | a=b | - | - | 1",
    );
    expect(await (await fetch(via(url, 307, `${other}end`), { headers })).text()).toBe(
      "GET |  | - | - | - | - | 1",
    );
    expect([server.listening, network.descriptors().active > 0]).toEqual([true, true]);
  });

  test("is followed twenty times and no more", async () => {
    const { fetch, url } = await stage();
    expect((await fetch(`${url}n/20`)).url).toBe(`${url}n/0`);
    expect(await causeOf(fetch(`${url}n/21`))).toBe("TooManyRedirects");
  });

  test("is handed over when redirect is manual", async () => {
    const { fetch, url } = await stage();
    const response = await fetch(via(url, 302, "/end"), { redirect: "manual" });
    expect([response.status, response.headers.get("location"), response.redirected]).toEqual([
      302,
      "/end",
      false,
    ]);
    expect(await response.text()).toBe("moved");
  });

  test("fails the fetch when redirect is error", async () => {
    const { fetch, url } = await stage();
    expect(await causeOf(fetch(via(url, 302, "/end"), { redirect: "error" }))).toBe("RedirectRefused");
  });

  test("without a Location is a response", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    await server.answer("HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\nhere");
    expect(await (await response).text()).toBe("here");
  });

  test("to what is no URL, or to another scheme, or with credentials fails the fetch", async () => {
    const { fetch, url } = await stage();
    expect(await causeOf(fetch(via(url, 302, "http://:99999/")))).toBe("InvalidRedirect");
    expect(await causeOf(fetch(via(url, 302, "ftp://localhost/")))).toBe("UnsupportedScheme");
    expect(await causeOf(fetch(via(url, 302, "http://a:b@127.0.0.1/")))).toBe("InvalidRedirect");
    expect(await causeOf(fetch(via(url, 302, "https://localhost/")))).toBe("UnsupportedScheme");
  });

  test("that asks for a stream again fails the fetch, one that does not is followed", async () => {
    const { fetch, url } = await stage();
    const init = (): FetchInit => ({
      method: "POST",
      duplex: "half",
      body: new Blob(["abc"]).stream(),
    });
    expect(await causeOf(fetch(via(url, 307, "/end"), init()))).toBe("BodyNotReplayable");
    expect(await (await fetch(via(url, 303, "/end"), init())).text()).toMatch(/^GET \| {2}\| /);
  });

  test("keeps the fragment out of the request and in the chain", async () => {
    const { fetch, url } = await stage();
    const response = await fetch(`${via(url, 302, "/end")}#part`);
    expect(response.url).toBe(`${url}end`);
  });

  test("with octets of UTF-8 in its Location goes to the name that they spell", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 302 Found\r\nLocation: /ü\r\nContent-Length: 0\r\n\r\n");
    expect(await wire.read("\r\n\r\n")).toContain("GET /%C3%BC HTTP/1.1");
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    await response;
  });

  test("with a short body keeps its connection, with an endless one cuts it", async () => {
    const { server, fetch, url } = await wireStage();
    const short = fetch(url);
    const wire = await server.answer("HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 4\r\n\r\n");
    await wire.send("1234");
    const second = await server.request();
    await second.wire.send(
      "HTTP/1.1 302 Found\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    );
    expect(await second.wire.closed()).toBe("reset");
    expect(await wire.read("\r\n\r\n")).toContain("GET /b ");
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    expect((await short).url).toBe(`${url}b`);
  });
});
