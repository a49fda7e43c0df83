import { describe, expect, it } from "vitest";
import fc from "../../testing/fast-check.ts";
import { hasByteStreams } from "../../testing/platform.ts";
import { keepSetCookie } from "../keep-set-cookie.ts";
import { type FetchScope, installLightFetch } from "./install.ts";
import { names, ofBun, outcome, steps, take, values } from "./steps.fixture.ts";

/** What a page's own class would drop is not what is asked here. */
const { Response: Platforms } = keepSetCookie({ Response });
const scope: FetchScope = { Request, Response, fetch };
const restore = installLightFetch(scope);
const Light = scope.Response;

const bytes = fc.uint8Array({ maxLength: 20 });
const bodies = fc.oneof(
  fc.string({ unit: "grapheme" }),
  // Half a character stays one in Bun's own class.
  fc.constantFrom("", '{"a":1}', "a=1&b=2", ofBun ? "" : "\ud800"),
  fc.constantFrom(null, undefined),
  bytes.map((array) => array as BodyInit),
  bytes.map((array) => array.buffer as BodyInit),
  fc.constant("text").map((text) => new Blob([text], { type: "text/html" })),
  fc.constant("a=1").map((text) => new URLSearchParams(text)),
);
const headers = fc.oneof(
  fc.constant(undefined),
  fc.dictionary(names, values),
  fc.array(fc.tuple(names, values)),
  fc.constantFrom({ "X-A": 1 }, { "X-A": ["a", "b"] }, [["a"]], null).map((given) => given as unknown),
);
const inits = fc.oneof(
  fc.constantFrom(undefined, null),
  fc.record(
    {
      status: fc.oneof(
        fc.integer({ min: 195, max: 605 }),
        fc.constantFrom(204, 304, 101, 200.5, "404", "x", Number.NaN, null, undefined),
      ),
      statusText: fc.constantFrom("", "Made", "ä", "\n", "\u{1f300}", 5, undefined),
      headers,
    },
    { requiredKeys: [] },
  ),
) as fc.Arbitrary<ResponseInit | undefined>;

describe("a light Response", () => {
  it("answers like the platform's, whatever it was made of and is asked", async () => {
    const property = fc.asyncProperty(bodies, inits, steps, async (body, init, taken) => {
      const run = (Class: typeof Response) =>
        outcome(() => take(new Class(body, init), taken, (before) => new Class(before.body, before)));
      expect(await run(Light)).toEqual(await run(Platforms));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it("is made by json, redirect and error as the platform's is", async () => {
    const data = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, 1n as never));
    const property = fc.asyncProperty(data, inits, steps, async (value, init, taken) => {
      const run = (Class: typeof Response) =>
        outcome(() => take(Class.json(value, init), taken, (before) => new Class(before.body, before)));
      expect(await run(Light)).toEqual(await run(Platforms));
    });
    await fc.assert(property, { numRuns: 150 });
    expect(Light.redirect("http://a/", 301).headers.get("location")).toBe("http://a/");
    expect(() => Light.redirect("http://a/", 200)).toThrow(RangeError);
    expect(Light.error().type).toBe("error");
  });

  it("is an instance both ways, and of a class that calls itself Response", () => {
    const made = new Light("text");
    expect(made).toBeInstanceOf(Response);
    expect(made).toBeInstanceOf(Light);
    expect(new Response("text")).toBeInstanceOf(Light);
    expect(made.constructor).toBe(Light);
    expect([Light.name, Object.prototype.toString.call(made)]).toEqual(["Response", "[object Response]"]);
    expect(made.headers).toBeInstanceOf(Headers);
    expect({}).not.toBeInstanceOf(Light);
  });

  it("has classes that extend it", async () => {
    class Mine extends Light {
      shout(): Promise<string> {
        return this.text().then((text) => text.toUpperCase());
      }
    }
    const mine = new Mine("text", { status: 201 });
    expect(mine).toBeInstanceOf(Mine);
    expect(mine).toBeInstanceOf(Light);
    expect(new Light("text")).not.toBeInstanceOf(Mine);
    expect([mine.status, await mine.shout()]).toEqual([201, "TEXT"]);
  });

  it("keeps what it was made of when that changes", async () => {
    const body = new Uint8Array([97]);
    const init = { status: 201, headers: new Headers({ "X-A": "1" }) };
    const record = { "X-A": "1" };
    const made = [new Light(body, init), new Light("a", { headers: record })];
    body[0] = 98;
    init.status = 500;
    init.headers.set("X-A", "2");
    record["X-A"] = "2";
    expect(made.map((response) => response.headers.get("x-a"))).toEqual(["1", "1"]);
    expect(await made[0]?.text()).toBe("a");
  });

  it("is what the platform makes its own of, from its body and itself", async () => {
    const made = new Response(new Light("text", { status: 202, headers: { "X-A": "1" } }).body, {
      ...{ status: 202, headers: new Light("", { headers: { "X-A": "1" } }).headers },
    });
    expect([made.status, made.headers.get("x-a"), await made.text()]).toEqual([202, "1", "text"]);
    const light = new Light("text", { status: 202 });
    const own = new Response(light.body, light);
    expect([own.status, await own.text()]).toEqual([202, "text"]);
  });

  it.runIf(hasByteStreams)("reads its body as octets into a buffer of the reader's", async () => {
    const reader = new Light("hello").body?.getReader({ mode: "byob" });
    expect((await reader?.read(new Uint8Array(3)))?.value).toEqual(new TextEncoder().encode("hel"));
    expect((await reader?.read(new Uint8Array(3)))?.value).toEqual(new TextEncoder().encode("lo"));
    expect((await reader?.read(new Uint8Array(3)))?.done).toBe(true);
    const empty = new Light("").body?.getReader({ mode: "byob" });
    expect((await empty?.read(new Uint8Array(3)))?.done).toBe(true);
  });
});

describe("installLightFetch", () => {
  it("replaces the classes once, and puts back what was there", () => {
    const own: FetchScope = { Request, Response, fetch };
    const before = { ...own };
    const back = installLightFetch(own);
    expect(own.Response).toBe(Light);
    installLightFetch(own)();
    expect(own.Response).toBe(Light);
    back();
    expect(own).toEqual(before);
    restore();
    expect(scope.Response).toBe(Response);
  });
});
