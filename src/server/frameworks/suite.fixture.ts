/**
 * What every Fetch-style framework is asked over a real connection. Each one answers the same questions with
 * the example of its own documentation, so where its answers differ it says what to expect.
 */
import { expect, it } from "vitest";
import type { FetchHandler } from "../fetch-handler.ts";

interface Failure {
  readonly status: number;
  /** Part of the body. */
  readonly text: string;
}

interface Expected {
  readonly hello: string;
  readonly refused: Failure;
  /** `reported`: errors that come out of the framework, and so reach `onError`. */
  readonly broken: Failure & { readonly reported: number };
  readonly missing: Failure;
}

export interface Example extends Expected {
  readonly name: string;
  readonly fetch: FetchHandler;
}

export function exampleOf(
  name: string,
  fetch: (request: Request) => Response | Promise<Response>,
  expected: Expected,
): Example {
  return { name, fetch: (request) => fetch(request), ...expected };
}

/** A server that runs the example, and a client. */
export interface Scene {
  fetch(path: string, init?: RequestInit & { duplex?: "half" }): Promise<Response>;
  readonly errors: readonly unknown[];
  /** Every Set-Cookie of a response, which a page's own types do not tell of. */
  setCookies(response: Response): string[];
}

/** Adds the cases of one framework. */
export function frameworkCases(example: Example, scene: () => Scene): void {
  const fetch: Scene["fetch"] = (path, init) => scene().fetch(path, init);

  it("says hello, through its middleware, to GET and HEAD", async () => {
    const response = await fetch("/");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(example.hello);
    expect(response.headers.get("x-seen")).toBe("/");
    const head = await fetch("/", { method: "HEAD" });
    expect(await head.text()).toBe("");
  });

  it("gets parameters from the path and the query", async () => {
    const response = await fetch("/users/42?page=7");
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ id: "42", page: "7" });
  });

  it("reads JSON and answers it", async () => {
    const value = { text: "grüße 🌍", list: [1, 2, 3] };
    const response = await fetch("/json", {
      method: "POST",
      body: JSON.stringify(value),
      headers: { "Content-Type": "application/json" },
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ got: value });
  });

  it("reads a form", async () => {
    const body = new FormData();
    body.set("message", "hello there");
    expect(await (await fetch("/form", { method: "POST", body })).text()).toBe("hello there");
  });

  it("streams an answer and sends events", async () => {
    expect(await (await fetch("/stream")).text()).toBe("one two three");
    const response = await fetch("/events");
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const events = (await response.text()).split("\n\n").filter((event) => event !== "");
    expect(events.map((event) => event.split("\n").sort())).toEqual(
      ["0", "1"].map((id) => ["data: tick", "event: time", `id: ${id}`]),
    );
  });

  it("hands a body of a mebibyte through as a stream", async () => {
    const sent = new Uint8Array(1 << 20).map((_, i) => i % 251);
    const response = await fetch("/echo", { method: "POST", body: sent });
    const got = new Uint8Array(await response.arrayBuffer());
    expect(got.length).toBe(sent.length);
    expect(got.every((byte, i) => byte === sent[i])).toBe(true);
  });

  it("reads and sets cookies", async () => {
    const response = await fetch("/cookie", { headers: { Cookie: "a=1" } });
    expect(await response.text()).toBe("1");
    expect(scene().setCookies(response).join("\n")).toMatch(/^b=2; .*/m);
  });

  it("redirects", async () => {
    const response = await fetch("/old", { redirect: "manual" });
    if (response.type === "opaqueredirect") return;
    expect(response.status).toBe(302);
    expect(new URL(response.headers.get("location") ?? "", "http://a/").pathname).toBe("/");
  });

  it("answers errors in its own words", async () => {
    for (const [path, { status, text }] of [
      ["/refused", example.refused],
      ["/broken", example.broken],
      ["/missing", example.missing],
    ] as const) {
      const response = await fetch(path);
      expect([path, response.status]).toEqual([path, status]);
      expect(await response.text()).toContain(text);
    }
    expect(scene().errors).toHaveLength(example.broken.reported);
  });
}
