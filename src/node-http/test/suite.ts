/**
 * What an application of Express, Koa or Connect is asked, wherever it runs. Plain functions that throw, so
 * that vitest runs them on Node, and a bundled page runs the same ones.
 */
export interface Scene {
  readonly app: "express" | "koa" | "connect";
  readonly hello: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Cookies that a response sets, where the client can tell. */
  setCookies(response: Response): string[] | undefined;
}

export const cases: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async "says hello, to GET and HEAD"({ fetch, hello }) {
    const response = await fetch("/");
    same(response.status, 200);
    same(await response.text(), hello);
    same(response.headers.get("x-seen"), "1");
    const head = await fetch("/", { method: "HEAD" });
    same([head.status, await head.text()], [200, ""]);
  },

  async "gets parameters from the path and the query"({ fetch }) {
    const response = await fetch("/users/42?page=7");
    same(await response.json(), { id: "42", page: "7" });
    same(response.headers.get("content-type")?.startsWith("application/json"), true);
  },

  async "reads JSON of any length and answers it"({ fetch }) {
    for (const size of [1, 300_000]) {
      const value = { text: "grüße 🌍".repeat(size / 10 + 1), list: [1, 2, 3] };
      const headers = { "Content-Type": "application/json" };
      const response = await fetch("/json", { method: "POST", body: JSON.stringify(value), headers });
      same(response.status, 201);
      same(await response.json(), { got: value });
    }
  },

  async "reads a form"({ fetch }) {
    const body = new URLSearchParams({ message: "hello there" });
    same(await (await fetch("/form", { method: "POST", body })).text(), "hello there");
  },

  async "streams an answer"({ fetch }) {
    same(await (await fetch("/stream")).text(), "one two three");
  },

  async "pipes a mebibyte from the request to the response"({ fetch }) {
    const sent = new Uint8Array(1 << 20).map((_, i) => i % 251);
    const response = await fetch("/echo", { method: "POST", body: sent });
    const got = new Uint8Array(await response.arrayBuffer());
    same(got.length, sent.length);
    same(
      got.every((byte, i) => byte === sent[i]),
      true,
    );
  },

  async "reads and sets cookies"({ fetch, setCookies }) {
    const response = await fetch("/cookie", { headers: { Cookie: "c=3" } });
    const text = await response.text();
    const set = setCookies(response);
    if (set === undefined) return;
    same(text, "c=3");
    same(
      set.map((cookie) => cookie.split(";")[0]),
      ["a=1", "b=2"],
    );
  },

  async redirects({ fetch }) {
    const response = await fetch("/old", { redirect: "manual" });
    if (response.type === "opaqueredirect") return;
    same([response.status, response.headers.get("location")], [301, "/"]);
  },

  async "knows who asks for what"({ fetch }) {
    const { ip, protocol } = (await (await fetch("/ip")).json()) as Record<string, string>;
    same([ip, protocol], ["string", "http"]);
  },

  async "answers errors in its own words"({ fetch }) {
    for (const [path, status, text] of [
      ["/refused", 401, "Unauthorized"],
      ["/broken", 500, "Something broke: broken"],
      ["/rejected", 500, "Something broke: rejected"],
      ["/missing", 404, ""],
    ] as const) {
      const response = await fetch(path);
      same([path, response.status], [path, status]);
      const body = await response.text();
      if (!body.includes(text)) throw new Error(`${path}: wanted ${text}, got ${body}`);
    }
  },

  async "mounts a router below a path"({ fetch }) {
    same(await (await fetch("/birds/about")).text(), "About birds at /birds");
  },

  async "serves files, with conditions and ranges"({ app, fetch }) {
    if (app !== "express") return;
    const response = await fetch("/static/hello.txt");
    same([response.status, await response.text()], [200, "Hello from a file\n"]);
    same(response.headers.get("content-type"), "text/plain; charset=utf-8");
    const etag = response.headers.get("etag") ?? "";
    const again = await fetch("/static/hello.txt", {
      headers: { "If-None-Match": etag, "Cache-Control": "max-age=0" },
    });
    same([again.status, await again.text()], [304, ""]);
    const part = await fetch("/static/hello.txt", { headers: { Range: "bytes=6-9" } });
    same([part.status, await part.text()], [206, "from"]);
    same((await fetch("/static/none.txt")).status, 404);
    const download = await fetch("/download");
    same(download.headers.get("content-disposition"), "attachment; filename=greeting.txt");
    await download.text();
  },

  async "serves many requests at once"({ fetch }) {
    const ids = Array.from({ length: 50 }, (_, i) => String(i));
    const got = await Promise.all(ids.map(async (id) => (await fetch(`/users/${id}?page=1`)).json()));
    same(
      got.map((value) => (value as { id: string }).id),
      ids,
    );
  },
};

function same(got: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`wanted ${b?.slice(0, 200)}, got ${a?.slice(0, 200)}`);
}
