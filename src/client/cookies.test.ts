import { CookieJar } from "tough-cookie";
import { describe, expect, test } from "vitest";
import { serverStage } from "../testing/client-stage.ts";

/** Sets a cookie named after the path, redirects from `/to/x` to `/x`, and says which cookies it got. */
const stage = (cookieJar = new CookieJar()) =>
  serverStage(
    async (request) => {
      const [, first = "", second] = request.url.pathname.split("/");
      const headers = {
        "Set-Cookie": [`${first}=1; Path=/`, "bad; Domain=elsewhere.test"],
      };
      if (second !== undefined) await request.respond(302, "", { ...headers, Location: `/${second}` });
      else await request.respond(200, request.headers.get("cookie") ?? "none", headers);
    },
    { cookieJar },
  );

describe("cookies in a jar", () => {
  test("come back with later requests, those of redirects included", async () => {
    const { fetch, url } = await stage();
    expect(await (await fetch(`${url}a`)).text()).toBe("none");
    expect(await (await fetch(`${url}b`)).text()).toBe("a=1");
    expect(await (await fetch(`${url}c/d`)).text()).toBe("a=1; b=1; c=1");
  });

  test("go to their own host alone", async () => {
    const { fetch, url } = await stage();
    await fetch(`${url}a`);
    expect(await (await fetch(url.replace("localhost", "127.0.0.1"))).text()).toBe("none");
  });

  test("stay at home when credentials are to be omitted, and none are taken", async () => {
    const { fetch, url } = await stage();
    await fetch(`${url}a`);
    expect(await (await fetch(`${url}b`, { credentials: "omit" })).text()).toBe("none");
    expect(await (await fetch(`${url}c`)).text()).toBe("a=1");
  });

  test("go behind those that the request has", async () => {
    const { fetch, url } = await stage();
    await fetch(`${url}a`);
    expect(await (await fetch(`${url}b`, { headers: { Cookie: "own=1" } })).text()).toBe("own=1; a=1");
  });

  // U+010D and U+010A are CR and LF without their upper halves. tough-cookie takes and gives them.
  test("begin no line of their own, whatever chars they hold", async () => {
    const jar = new CookieJar();
    const { fetch, url } = await stage(jar);
    await jar.setCookie("name=\u010d\u010aEvil:1", url);
    await expect(fetch(`${url}a`)).rejects.toMatchObject({ code: "InvalidHeader" });
    expect(await (await fetch(`${url}b`, { credentials: "omit" })).text()).toBe("none");
  });

  test("that a slow jar takes do not hold back an abort", async () => {
    const controller = new AbortController();
    const { fetch, url } = await serverStage(
      (request) => request.respond(200, "whole", { "Set-Cookie": "a=1" }),
      { cookieJar: { getCookieString: () => "", setCookie: () => controller.abort() } },
    );
    await expect(fetch(url, { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});
