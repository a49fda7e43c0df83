/**
 * What every example has to do, whatever network it runs on: the programs are imported as they are, and
 * called through the `fetch` of that network.
 */
import type { AsyncHttpServer } from "portico";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

type Program = () => Promise<{ readonly server: AsyncHttpServer }>;

/** Starts an example for the tests of a `describe`; gives a function that makes its URLs. */
function run(program: Program) {
  const running: { server?: AsyncHttpServer } = {};
  beforeAll(async () => {
    const { server } = await program();
    running.server = server;
    await until(() => server.listening);
  });
  afterAll(() => running.server?.close({ graceMs: 0 }));
  return (path: string) => `http://localhost:${running.server?.getPort()}${path}`;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve));
}

export function exampleSuite(fetch: typeof globalThis.fetch): void {
  describe("hello", () => {
    const url = run(() => import("../hello.ts"));

    test("answers every path with the greeting", async () => {
      const response = await fetch(url("/anything"));
      expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(await response.text()).toBe("Hello World");
    });
  });

  describe("router", () => {
    const url = run(() => import("../router.ts"));

    test.each([
      ["GET", "/", 200, "Home. Try /users/ada or /add/2/3\n"],
      ["GET", "/users/Ada%20L", 200, "Hello Ada L\n"],
      ["GET", "/users/%ff", 200, "Hello %ff\n"],
      ["GET", "/add/2/3", 200, "5\n"],
      ["DELETE", "/users/ada", 204, ""],
      ["GET", "/elsewhere", 404, "Not found\n"],
    ])("answers %s %s with %i", async (method, path, status, text) => {
      const response = await fetch(url(path), { method });
      expect(response.status).toBe(status);
      expect(await response.text()).toBe(text);
    });

    test("names the methods that a path knows", async () => {
      const response = await fetch(url("/users/ada"), { method: "PUT" });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, DELETE");
      await response.text();
    });
  });

  describe("json-api", () => {
    const url = run(() => import("../json-api.ts"));

    test("adds, gives and removes a note", async () => {
      const added = await fetch(url("/notes"), { method: "POST", body: '{"text":"Buy milk"}' });
      expect(added.status).toBe(201);
      const note = await added.json();
      const path = added.headers.get("location") ?? "";
      expect(await (await fetch(url(path))).json()).toEqual(note);
      expect(await (await fetch(url("/notes"))).json()).toContainEqual(note);
      expect((await fetch(url(path), { method: "DELETE" })).status).toBe(204);
      const gone = await fetch(url(path));
      expect([gone.status, await gone.json()]).toEqual([404, { error: "no such note" }]);
    });

    test.each(["", "{", "null", '{"text":1}'])("refuses %j as a note", async (body) => {
      const response = await fetch(url("/notes"), { method: "POST", body });
      expect([response.status, await response.json()]).toEqual([400, { error: 'wanted {"text": "..."}' }]);
    });

    test.each([
      ["/else", 404],
      ["/notes", 405],
      ["/notes/1", 405],
    ])("answers PATCH %s with %i", async (path, status) => {
      const response = await fetch(url(path), { method: "PATCH" });
      expect([response.status, Object.keys(await response.json())]).toEqual([status, ["error"]]);
    });
  });

  describe("upload-echo", () => {
    const url = run(() => import("../upload-echo.ts"));

    test("sends back what it gets, of the type it got", async () => {
      const body = new Uint8Array(3_000_000).map((_, index) => index * 31);
      const response = await fetch(url("/"), {
        method: "PUT",
        body,
        headers: { "Content-Type": "image/png" },
      });
      expect(response.headers.get("content-type")).toBe("image/png");
      const back = new Uint8Array(await response.arrayBuffer());
      expect(back.length).toBe(body.length);
      expect(back.every((byte, index) => byte === body[index])).toBe(true);
    });

    test("tells what it wants when it gets nothing", async () => {
      expect(await (await fetch(url("/"))).text()).toMatch(/^Send something/);
    });
  });

  describe("server-sent-events", () => {
    const url = run(() => import("../server-sent-events.ts"));

    test("ticks until the reader leaves", async () => {
      const response = await fetch(url("/events?ms=5"));
      expect(response.headers.get("content-type")).toBe("text/event-stream");
      const text = await readUntil(response, (got) => got.split("\n\n").length > 3);
      expect(text).toMatch(/^id: 1\ndata: \d{4}-.*Z\n\nid: 2\n/);
    });

    test("has a page that listens", async () => {
      expect(await (await fetch(url("/"))).text()).toContain('new EventSource("events")');
    });
  });

  describe("chunked-progress", () => {
    const url = run(() => import("../chunked-progress.ts"));

    test("tells each step before the next is done", async () => {
      const response = await fetch(url("/?steps=4&ms=5"));
      expect(response.headers.get("content-length")).toBeNull();
      const lines = [25, 50, 75, 100].map(
        (share, index) => `${`${share}`.padStart(3)} %  step ${index + 1} of 4\n`,
      );
      expect(await response.text()).toBe(lines.join(""));
    });

    test("stops when the reader leaves", async () => {
      const response = await fetch(url("/?steps=1000&ms=5"));
      expect(await readUntil(response, (got) => got.includes("\n"))).toContain("step 1 of 1000");
    });
  });

  describe("files", () => {
    const url = run(() => import("../files.ts"));

    test("serves a directory's index, a type for each file, and parts of one", async () => {
      const index = await fetch(url("/"));
      expect(await index.text()).toContain("Served from memory");
      expect(index.headers.get("content-type")).toBe("text/html; charset=utf-8");
      const part = await fetch(url("/notes/today.txt"), { headers: { Range: "bytes=0-9" } });
      expect([part.status, await part.text()]).toEqual([206, "One server"]);
    });

    test("has nothing else", async () => {
      const response = await fetch(url("/../package.json"));
      expect(response.status).toBe(404);
      await response.text();
    });
  });

  describe("graceful-shutdown", () => {
    const url = run(() => import("../graceful-shutdown.ts"));

    test("answers the request that runs, then is gone", async () => {
      const arrived = timerOf(61);
      const slow = fetch(url("/slow?ms=61"));
      await arrived;
      const shutdown = await fetch(url("/shutdown"), { method: "POST" });
      expect(shutdown.status).toBe(202);
      await shutdown.text();
      const response = await slow;
      expect([response.status, await response.text()]).toEqual([200, "Worth the wait\n"]);
      const { server } = await import("../graceful-shutdown.ts");
      await until(() => !server.listening);
      await expect(fetch(url("/"))).rejects.toThrow(TypeError);
    });
  });
}

/** Resolves when somebody sets a timer of so many milliseconds: the one sign that a program gives of its work. */
function timerOf(ms: number): Promise<void> {
  const { setTimeout } = globalThis;
  return new Promise((resolve) => {
    const watched = (...[callback, delay, ...rest]: Parameters<typeof setTimeout>) => {
      if (delay === ms) {
        globalThis.setTimeout = setTimeout;
        resolve();
      }
      return setTimeout(callback, delay, ...rest);
    };
    globalThis.setTimeout = Object.assign(watched, setTimeout);
  });
}

/** Reads until enough is there, then leaves: the rest of the body is never asked for. */
async function readUntil(response: Response, enough: (text: string) => boolean): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!enough(text)) {
    const part = await reader?.read();
    if (!part || part.done) throw new Error(`the body ended early: ${JSON.stringify(text)}`);
    text += decoder.decode(part.value, { stream: true });
  }
  await reader?.cancel();
  return text;
}
