import { describe, expect, it } from "vitest";
import { hashTag } from "./etag.ts";
import { ask } from "./fake-request.ts";
import { serveFiles } from "./files.ts";
import { memoryFiles } from "./memory.ts";
import { LAST_MODIFIED, record, site } from "./sample-site.ts";
import type { FileSource } from "./source.ts";

describe("a plain GET", () => {
  it("sends the file with its type, validators and the wish that nobody guesses", async () => {
    const response = await ask(site, "/app.js");
    expect(response.status).toBe(200);
    expect(response.text).toBe("let plain;");
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "text/javascript; charset=utf-8",
      "last-modified": LAST_MODIFIED,
      etag: hashTag(new TextEncoder().encode("let plain;")),
      "cache-control": "no-cache",
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      vary: "Accept-Encoding",
    });
  });

  it("takes the type that the source knows", async () => {
    expect((await ask(site, "/feed")).headers.get("content-type")).toBe("application/atom+xml");
  });

  it("sends an empty file", async () => {
    const response = await ask(site, "/empty.txt", { Range: "bytes=0-" });
    expect([response.status, response.text]).toEqual([200, ""]);
  });

  it("takes an absolute-form target for the same file", async () => {
    expect((await ask(site, "http://elsewhere.example/data.bin")).bytes).toEqual(new Uint8Array([1, 2, 3]));
  });

  it("never dates a file later than now (RFC 9110 section 8.8.2.1)", async () => {
    const future = serveFiles(memoryFiles({ a: { content: "", modified: Date.now() + 86_400_000 } }));
    const modified = Date.parse((await ask(future, "/a")).headers.get("last-modified") ?? "");
    expect(modified).toBeLessThanOrEqual(Date.now());
  });
});

describe("methods", () => {
  it("answers HEAD with the header section of the GET (checklist 43, 61)", async () => {
    const get = await ask(site, "/digits.txt");
    const head = await ask(site, "/digits.txt", { Range: "bytes=0-1" }, "HEAD");
    expect(head.status).toBe(200);
    expect(head.bytes).toHaveLength(0);
    expect(head.headers.get("content-length")).toBe(String(get.bytes.length));
    head.headers.delete("content-length");
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
  });

  it("answers other methods with 405 and Allow (checklist 68), and OPTIONS with 204", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PROPFIND", "get"]) {
      const response = await ask(site, "/app.js", {}, method);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    }
    for (const target of ["/app.js", "/docs/", "*"]) {
      const response = await ask(site, target, {}, "OPTIONS");
      expect([response.status, response.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
    }
  });
});

describe("directories", () => {
  it("sends the index", async () => {
    expect((await ask(site, "/")).text).toBe("<h1>Home</h1>");
    expect((await ask(site, "/docs/?q=1")).text).toBe("<h1>Docs</h1>");
  });

  it("redirects to the slash and keeps the query", async () => {
    const response = await ask(site, "/docs?q=1");
    expect([response.status, response.headers.get("location")]).toEqual([301, "/docs/?q=1"]);
  });

  it("redirects nowhere else, whatever the path looks like", async () => {
    const odd = serveFiles(memoryFiles({ "evil.example/a": "", "javascript:x/y": "" }));
    for (const target of [
      "//evil.example",
      "/\\evil.example",
      "/%2fevil.example",
      "http://x//evil.example",
    ]) {
      expect((await ask(odd, target)).status).toBe(404);
    }
    expect((await ask(odd, "/javascript:x")).headers.get("location")).toBe("/javascript%3Ax/");
  });

  it("finds nothing where a file is asked for as a directory, or has one below it", async () => {
    for (const target of ["/app.js/", "/app.js/x", "/index.html/"])
      expect((await ask(site, target)).status).toBe(404);
  });

  it("lists nothing unless told to", async () => {
    expect((await ask(site, "/pictures/")).status).toBe(404);
    const listed = serveFiles(memoryFiles(record), { listing: true, index: [] });
    const response = await ask(listed, "/pictures/");
    expect(response.status).toBe(200);
    expect(response.text).toMatch(/href="\.\.\/".*href="\.\/sub\/".*href="\.\/one\.png"/s);
    expect((await ask(listed, "/docs/")).text).toContain('<a href="./a%20b%26%C3%BC.txt">a b&amp;ü.txt</a>');
    const root = (await ask(listed, "/")).text;
    expect(root).not.toMatch(/\.env|\.git|href="\.\.\/"/);
    expect(root).toContain("./.well-known/");
    const names = ["b", "a", "d/x", "c/x", "e", ".a"];
    const files = memoryFiles(Object.fromEntries(names.map((name) => [name, ""])));
    const all = serveFiles(files, { listing: true, dotfiles: "serve" });
    const hrefs = (await ask(all, "/")).text.match(/(?<=href="\.\/)[^"]+/g);
    expect(hrefs).toEqual(["c/", "d/", ".a", "a", "b", "e"]);
  });
});

describe("a source that knows little of its files", () => {
  const content = new TextEncoder().encode("0123456789".repeat(100));
  const little: FileSource = {
    open: ([name]) =>
      name === "a.txt" || name === "a.txt.gz"
        ? {
            kind: "file",
            size: content.length,
            modified: name === "a.txt" ? Date.UTC(2024, 0, 1) : Number.NaN,
            async *read(start, end) {
              for (let at = start; at < end; at += 8) yield content.subarray(at, Math.min(end, at + 8));
            },
            close() {},
          }
        : undefined,
  };
  const known = serveFiles(little);

  it("is served without the fields that it does not know", async () => {
    const plain = await ask(known, "/a.txt");
    expect([plain.headers.has("etag"), plain.headers.get("last-modified")]).toEqual([
      false,
      "Mon, 01 Jan 2024 00:00:00 GMT",
    ]);
    const coded = await ask(known, "/a.txt", { "Accept-Encoding": "gzip" });
    expect(coded.headers.get("content-encoding")).toBe("gzip");
    expect(["etag", "last-modified"].map((name) => coded.headers.has(name))).toEqual([false, false]);
  });

  it("says when a file was changed in a 304 that has nothing better to say", async () => {
    const { status, headers } = await ask(known, "/a.txt", {
      "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT",
    });
    expect([status, headers.get("last-modified")]).toEqual([304, "Mon, 01 Jan 2024 00:00:00 GMT"]);
  });

  it("gives several ranges in pieces of its own", async () => {
    const { status, text } = await ask(known, "/a.txt", { Range: "bytes=0-19,500-519" });
    expect(status).toBe(206);
    expect(text.match(/\r\n\r\n(?:0123456789){2}\r\n/g)).toHaveLength(2);
  });
});

describe("what isn't served", () => {
  it.each([
    "/.env",
    "/%2eenv",
    "/.git/config",
    "/docs/../.env",
    "/docs/%2e%2e/app.js",
    "/docs%2findex.html",
    "/docs%5cindex.html",
    "/docs//index.html",
  ])("finds nothing at %s", async (target) => {
    expect((await ask(site, target)).status).toBe(404);
  });

  it("answers 400 to what is no target", async () => {
    for (const target of ["/app.js%00", "/%c0%ae%c0%ae/app.js", "/%"]) {
      expect((await ask(site, target)).status).toBe(400);
    }
  });

  it("serves /.well-known/, and other dotfiles on demand", async () => {
    expect((await ask(site, "/.well-known/security.txt")).text).toBe("Contact");
    const below = serveFiles(memoryFiles({ "a/.well-known/b": "" }));
    expect((await ask(below, "/a/.well-known/b")).status).toBe(404);
    const open = serveFiles(memoryFiles(record), { dotfiles: "serve" });
    expect((await ask(open, "/.env")).text).toBe("SECRET");
  });
});

describe("options", () => {
  it("serves below a prefix and nothing beside it", async () => {
    const below = serveFiles(memoryFiles(record), { prefix: "/a/b" });
    expect((await ask(below, "/a/b/app.js")).status).toBe(200);
    expect((await ask(below, "/a/b")).headers.get("location")).toBe("/a/b/");
    expect((await ask(below, "/a/b/docs")).headers.get("location")).toBe("/a/b/docs/");
    for (const target of ["/app.js", "/a/app.js", "/a/bc/app.js", "/a", "/"]) {
      expect((await ask(below, target)).status).toBe(404);
    }
    expect(() => serveFiles(memoryFiles({}), { prefix: "a" })).toThrow(TypeError);
  });

  it("hands on what it doesn't find, with any method", async () => {
    const site = serveFiles(memoryFiles(record), {
      notFound: (request) => request.respond(299, request.method),
    });
    expect((await ask(site, "/none", {}, "POST")).text).toBe("POST");
    expect((await ask(site, "/../x")).status).toBe(299);
    expect((await ask(site, "/app.js", {}, "POST")).status).toBe(405);
  });

  it("sends further fields by path, on a 304 too", async () => {
    const headers = (path: string) => ({ "Content-Security-Policy": `path ${path}` });
    const callback = serveFiles(memoryFiles(record), { headers });
    const first = await ask(callback, "/docs/");
    expect(first.headers.get("content-security-policy")).toBe("path docs/index.html");
    const again = await ask(callback, "/docs/", { "if-none-match": first.headers.get("etag") ?? "" });
    expect([again.status, again.headers.get("content-security-policy")]).toEqual([
      304,
      "path docs/index.html",
    ]);
  });

  it("takes Cache-Control as a text, per path, or not at all", async () => {
    const control = async (cacheControl: string | null | ((path: string) => string | null)) =>
      (await ask(serveFiles(memoryFiles(record), { cacheControl }), "/docs/")).headers.get("cache-control");
    expect(await control("max-age=60")).toBe("max-age=60");
    expect(await control((path) => `max-age=${path.length}`)).toBe("max-age=15");
    expect(await control(null)).toBeNull();
  });
});

it("refuses a path where a source is wanted, and says what makes one", () => {
  for (const missing of ["public", undefined, null, {}] as never[])
    expect(() => serveFiles(missing)).toThrow("wanted a FileSource, such as directory(root)");
});

describe("further fields", () => {
  const given = (headers: Record<string, string>) =>
    ask(serveFiles(memoryFiles({ "a.txt": "text" }), { headers: () => headers }), "/a.txt");

  it("do not stand beside those that tell of the content, however they are spelled", async () => {
    const { headers } = await given({
      "content-type": "text/html",
      etag: '"mine"',
      "CACHE-CONTROL": "no-store",
      "x-own": "1",
    });
    expect(headers.getAll("content-type")).toEqual(["text/plain; charset=utf-8"]);
    expect(headers.getAll("cache-control")).toEqual(["no-cache"]);
    expect(headers.getAll("etag")).toEqual([expect.not.stringContaining("mine")]);
    expect(headers.get("x-own")).toBe("1");
  });

  it("may say what else the answer varies by", async () => {
    expect((await given({ vary: "Origin" })).headers.getAll("vary")).toEqual(["Origin, Accept-Encoding"]);
  });
});

describe("a name with half a character", () => {
  it("can't be in a memory, and is left out of a listing", async () => {
    expect(() => memoryFiles({ "\ud800.txt": "" })).toThrow(TypeError);
    const source = memoryFiles({ "a.txt": "", "\u{1f300}.txt": "" });
    const listing = serveFiles(
      {
        async open(path) {
          const found = await source.open(path);
          if (found?.kind !== "directory") return found;
          const broken = { name: "\ud800.txt", kind: "file" } as const;
          return { kind: "directory", list: async () => [...(await found.list()), broken], close() {} };
        },
      },
      { listing: true },
    );
    const { status, text } = await ask(listing, "/");
    expect([status, text.match(/href=/g)?.length]).toEqual([200, 2]);
  });
});
