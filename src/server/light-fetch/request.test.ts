import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VirtualNetwork } from "../../adapters/virtual/index.ts";
import fc from "../../testing/fast-check.ts";
import { requestsHaveBodies } from "../../testing/platform.ts";
import { get, head, ServerStage } from "../../testing/server/stage.ts";
import { fetchHandler } from "../fetch-handler.ts";
import { servedRequest } from "../served-request.ts";
import type { RequestCallback } from "../types.ts";
import { type FetchScope, installLightFetch } from "./install.ts";
import { LightRequest } from "./request.ts";
import { ofBun, type Step, steps, take } from "./steps.fixture.ts";

const Platforms = { Request, Response };
const lightOf = (request: Parameters<RequestCallback>[0]) => new LightRequest(request) as unknown as Request;

describe("a light Request", () => {
  const stage = new ServerStage({
    setup: () => ({ network: new VirtualNetwork(), listen: { port: 0 }, host: "localhost" }),
    stallBytes: 4 * 1024 * 1024,
  });
  let restore: () => void;
  beforeAll(() => {
    restore = installLightFetch();
  });
  afterAll(() => restore());

  /** What each request came to, in order. */
  async function served(requests: string, each: RequestCallback): Promise<void> {
    const failures: unknown[] = [];
    const { exchange } = await stage.serve(async (request) => {
      await Promise.resolve(each(request)).catch((error) => failures.push(error));
      await request.respond(200);
    });
    await exchange(requests);
    expect(failures).toEqual([]);
  }

  // Bun's own class turns others into one that it knows.
  const others = ofBun ? [] : ["patch", "OWN"];
  const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "post", "PATCH", ...others);
  // A page's own class forgets what was done to headers that it would have filtered.
  const forgets = !new Request("http://a/", { headers: { Cookie: "a=b" } }).headers.has("cookie");
  const some = forgets ? steps.map((list) => list.filter((step) => !/wrap|blob|form/.test(step.do))) : steps;
  const bodies = fc.constantFrom("", "text", '{"a":1}', "a=1&b=2", "grüße 🌍");
  const types = fc.constantFrom("text/plain", "application/json", "application/x-www-form-urlencoded");

  it.runIf(requestsHaveBodies)("answers like the platform's, whatever came and is asked", async () => {
    let came: { platforms?: unknown[]; light?: unknown[] } = {};
    let taken: readonly Step[] = [];
    const { exchange } = await stage.serve(async (request) => {
      const light = request.target === "/light";
      const wrap = (before: Request) => new Request(before);
      const made = light ? lightOf(request) : servedRequest(request);
      const said = await take(made, taken, wrap);
      came[light ? "light" : "platforms"] = JSON.parse(JSON.stringify(said).replaceAll(request.target, ""));
      await request.respond(200);
    });
    const property = fc.asyncProperty(methods, bodies, types, some, async (method, body, type, list) => {
      taken = list;
      came = {};
      for (const target of ["/platforms", "/light"]) {
        const length = new TextEncoder().encode(body).length;
        const fields = [
          `Content-Type: ${type}`,
          `Content-Length: ${length}`,
          "X-A: 1",
          "x-a: 2",
          "Cookie: a=1",
        ];
        await exchange(head(`${method} ${target} HTTP/1.1`, "Host: a", ...fields) + body);
      }
      expect(came.light).toBeDefined();
      expect(came.light).toEqual(came.platforms);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it("has the URL that the URL Standard's parser makes of target and Host", async () => {
    const parts = fc.constantFrom(
      ..."/ / a b . .. %2e %2E . ? ? ' \" ~ % %zz | ; [ } ^ ` : @ & = + , \\ é".split(" "),
    );
    const targets = fc.array(parts, { maxLength: 8 }).map((list) => `/${list.join("")}`);
    const hosts = fc.constantFrom(
      "a",
      "A",
      "a:80",
      "a:443",
      "a:08",
      "127.1",
      "[::1]:1",
      "xn--a",
      "a_b",
      "a.",
      "",
    );
    const asked = fc.sample(fc.tuple(targets, hosts), { numRuns: 2000, seed: 1 });
    let count = 0;
    for (const [target, host] of asked) {
      await served(head(`GET ${target} HTTP/1.1`, `Host: ${host}`), (request) => {
        count++;
        expect(lightOf(request).url).toBe(request.url.href);
      });
    }
    expect(count).toBeGreaterThan(500);
  });

  it("is an instance of Request with headers that are an instance of Headers", async () => {
    await served(get(), (request) => {
      const light = lightOf(request);
      expect(light).toBeInstanceOf(Request);
      expect(light).toBeInstanceOf(Platforms.Request);
      expect([light.constructor, Object.prototype.toString.call(light)]).toEqual([
        Request,
        "[object Request]",
      ]);
      expect(light.headers).toBeInstanceOf(Headers);
      expect(light.headers).toBe(light.headers);
      expect(new Headers(light.headers).get("host")).toBe("example.test");
    });
  });

  it("keeps changes of its headers to itself, and hands them on", async () => {
    await served(get("/", "X-A: 1"), (request) => {
      const light = lightOf(request);
      const { headers } = light;
      headers.set("X-A", "2");
      headers.append("X-B", "3");
      headers.delete("Host");
      expect(request.headers.get("x-a")).toBe("1");
      const copy = new Request(light);
      expect([copy.headers.get("x-a"), copy.headers.get("x-b")]).toEqual(["2", "3"]);
      headers.set("X-A", "4");
      expect(light.clone().headers.get("x-a")).toBe("4");
    });
  });

  it("is what the handler gets while Request is replaced, and no longer", async () => {
    const seen: boolean[] = [];
    const { exchange } = await stage.serve(
      fetchHandler((request) => {
        seen.push(
          Object.hasOwn(LightRequest.prototype, "url") && LightRequest.unwrapped(request) !== request,
        );
        return new Response();
      }),
    );
    await exchange(get());
    restore();
    expect(globalThis.Request).toBe(Platforms.Request);
    await exchange(get());
    restore = installLightFetch();
    expect(seen).toEqual([true, false]);
  });

  it("can be fetched with the fetch of the same place", async () => {
    const asked: unknown[] = [];
    const fetch = async (input: RequestInfo | URL) => {
      asked.push(input);
      return new Response();
    };
    const scope: FetchScope = { Request: Platforms.Request, Response: Platforms.Response, fetch };
    installLightFetch(scope);
    await served(get(), async (request) => {
      const light = lightOf(request);
      await scope.fetch(light);
      expect(asked).toEqual([LightRequest.unwrapped(light)]);
      expect(asked[0]).not.toBe(light);
    });
  });
});
