import { describe, expect, it } from "vitest";
import { ask } from "./fake-request.ts";
import { serveFiles } from "./files.ts";
import { memoryFiles } from "./memory.ts";
import type { FileSource, SourceDirectory, SourceFile } from "./source.ts";

const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const LAST_MODIFIED = "Fri, 02 Jan 2026 03:04:05 GMT";
const DIGITS = "0123456789".repeat(1000);

const record = {
  "index.html": "<h1>Home</h1>",
  "app.js": { content: "let plain;", modified: MODIFIED },
  "app.js.br": "BR",
  "app.js.gz": "GZIP",
  "data.bin": new Uint8Array([1, 2, 3]),
  "digits.txt": { content: DIGITS, modified: new Date(MODIFIED) },
  "empty.txt": "",
  "docs/index.html": "<h1>Docs</h1>",
  "docs/a b&ü.txt": "odd",
  "pictures/one.png": "PNG",
  "pictures/sub/two.png": "PNG",
  ".env": "SECRET",
  ".git/config": "SECRET",
  ".well-known/security.txt": "Contact",
  feed: { content: "<feed/>", type: "application/atom+xml" },
} as const;

const site = serveFiles(memoryFiles(record));

/** Counts what is open, to see that all of it is closed. */
function counting(source: FileSource): FileSource & { open: FileSource["open"]; left: () => number } {
  let left = 0;
  const closing = <T extends SourceFile | SourceDirectory>(entry: T): T => {
    left++;
    return new Proxy(entry, {
      get: (target, key) => {
        if (key === "close") return () => void left--;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  return {
    left: () => left,
    open: async (path) => {
      const entry = await source.open(path);
      return entry && closing(entry);
    },
  };
}

describe("a plain GET", () => {
  it("sends the file with its type, validators and the wish that nobody guesses", async () => {
    const response = await ask(site, "/app.js");
    expect(response.status).toBe(200);
    expect(response.text).toBe("let plain;");
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "text/javascript; charset=utf-8",
      "last-modified": LAST_MODIFIED,
      etag: expect.stringMatching(/^"[^"]+"$/),
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

describe("conditions", () => {
  it("answers 304 with what a cache needs and no more (checklist 70)", async () => {
    const etag = (await ask(site, "/app.js")).headers.get("etag") ?? "";
    const response = await ask(site, "/app.js", { "If-None-Match": `"x", W/${etag}` });
    expect(response.status).toBe(304);
    expect(response.bytes).toHaveLength(0);
    expect(Object.fromEntries(response.headers)).toEqual({
      etag,
      "cache-control": "no-cache",
      vary: "Accept-Encoding",
    });
  });

  it("answers 304 by date", async () => {
    expect((await ask(site, "/app.js", { "If-Modified-Since": LAST_MODIFIED })).status).toBe(304);
    expect(
      (await ask(site, "/app.js", { "If-Modified-Since": "Fri, 02 Jan 2026 03:04:04 GMT" })).status,
    ).toBe(200);
  });

  it("answers 412 before it looks at the range", async () => {
    const response = await ask(site, "/digits.txt", { "If-Match": '"other"', Range: "bytes=99999-" });
    expect(response.status).toBe(412);
  });

  it("ignores conditions where the plain answer is no 2xx (checklist 45)", async () => {
    expect((await ask(site, "/none", { "If-Match": '"x"', "If-None-Match": "*" })).status).toBe(404);
    expect((await ask(site, "/docs", { "If-None-Match": "*" })).status).toBe(301);
    expect((await ask(site, "/app.js", { "If-Match": '"x"' }, "POST")).status).toBe(405);
  });

  it("honours a range only for the version that the client has", async () => {
    const etag = (await ask(site, "/digits.txt")).headers.get("etag") ?? "";
    const status = async (ifRange: string): Promise<number> =>
      (await ask(site, "/digits.txt", { Range: "bytes=0-1", "If-Range": ifRange })).status;
    expect(await status(etag)).toBe(206);
    expect(await status(LAST_MODIFIED)).toBe(206);
    expect(await status(`W/${etag}`)).toBe(200);
    expect(await status('"old"')).toBe(200);
    expect(await status("Fri, 02 Jan 2026 03:04:06 GMT")).toBe(200);
  });

  it("ignores If-Range without Range (checklist 47)", async () => {
    expect((await ask(site, "/digits.txt", { "If-Range": '"old"' })).status).toBe(200);
  });
});

describe("ranges", () => {
  it("sends one range plainly, with the fields of the 200 (checklist 70)", async () => {
    const whole = await ask(site, "/digits.txt");
    const part = await ask(site, "/digits.txt", { Range: "bytes=10-19" });
    expect([part.status, part.text]).toEqual([206, "0123456789"]);
    expect(part.headers.get("content-range")).toBe("bytes 10-19/10000");
    part.headers.delete("content-range");
    expect(Object.fromEntries(part.headers)).toEqual(Object.fromEntries(whole.headers));
  });

  it("sends several as multipart/byteranges of the announced length", async () => {
    const response = await ask(site, "/digits.txt", { Range: "bytes=1-3,-2" });
    expect(response.status).toBe(206);
    expect(response.headers.has("content-range")).toBe(false);
    expect(response.headers.get("content-length")).toBe(String(response.bytes.length));
    const type = response.headers.get("content-type") ?? "";
    const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(type)?.[1];
    expect(response.text).toBe(
      [
        "",
        `--${boundary}`,
        "Content-Type: text/plain; charset=utf-8",
        "Content-Range: bytes 1-3/10000",
        "",
        "123",
        `--${boundary}`,
        "Content-Type: text/plain; charset=utf-8",
        "Content-Range: bytes 9998-9999/10000",
        "",
        "89",
        `--${boundary}--`,
        "",
      ].join("\r\n"),
    );
  });

  it("never sends one range as multipart", async () => {
    for (const range of ["bytes=0-1,1-2", "bytes=0-1,20000-", "bytes=0-1,,"]) {
      const response = await ask(site, "/digits.txt", { Range: range });
      expect([response.status, response.headers.get("content-type")]).toEqual([
        206,
        "text/plain; charset=utf-8",
      ]);
    }
  });

  it("answers 416 with the size", async () => {
    const response = await ask(site, "/digits.txt", { Range: "bytes=10000-" });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */10000"]);
  });

  it("sends the whole file for a range that it can't read", async () => {
    expect((await ask(site, "/digits.txt", { Range: "bytes=2-1" })).status).toBe(200);
    expect((await ask(site, "/digits.txt", { Range: "lines=1-2" })).status).toBe(200);
  });
});

describe("compressed neighbours", () => {
  const coded = async (accept: string, more = {}) =>
    ask(site, "/app.js", { "Accept-Encoding": accept, ...more });

  it("sends the one that the client likes best, with the type of the file", async () => {
    const response = await coded("gzip, br");
    expect([response.text, response.headers.get("content-encoding")]).toEqual(["BR", "br"]);
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect((await coded("gzip, br;q=0.9")).text).toBe("GZIP");
    expect((await coded("identity, gzip;q=0.5")).text).toBe("let plain;");
    expect((await coded("zstd")).text).toBe("let plain;");
  });

  it("gives every representation its own entity-tag, and conditions and ranges mean that one", async () => {
    const tags = await Promise.all(
      ["br", "gzip", ""].map(async (c) => (await coded(c)).headers.get("etag") ?? ""),
    );
    expect(new Set(tags).size).toBe(3);
    expect((await coded("br", { "If-None-Match": tags[0] ?? "" })).status).toBe(304);
    expect((await coded("br", { "If-None-Match": tags[2] ?? "" })).status).toBe(200);
    const part = await coded("br", { Range: "bytes=1-" });
    expect([part.text, part.headers.get("content-range")]).toEqual(["R", "bytes 1-1/2"]);
  });

  it("gives them different tags even where the stored bytes are the same", async () => {
    const twins = serveFiles(memoryFiles({ "a.txt": "same", "a.txt.gz": "same" }));
    const plain = await ask(twins, "/a.txt");
    const coded = await ask(twins, "/a.txt", { "Accept-Encoding": "gzip" });
    expect(coded.headers.get("content-encoding")).toBe("gzip");
    expect(coded.headers.get("etag")).not.toBe(plain.headers.get("etag"));
  });

  it("takes no directory for a neighbour", async () => {
    const source = counting(memoryFiles({ "a.txt": "plain", "a.txt.gz/b": "" }));
    expect((await ask(serveFiles(source), "/a.txt", { "Accept-Encoding": "gzip" })).text).toBe("plain");
    expect(source.left()).toBe(0);
  });

  it("falls back to the file where there is no neighbour, and says that it could vary", async () => {
    const response = await ask(site, "/digits.txt", { "Accept-Encoding": "br" });
    expect([response.status, response.headers.get("content-encoding")]).toEqual([200, null]);
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect((await ask(site, "/pictures/one.png")).headers.get("vary")).toBeNull();
  });

  it("answers 406 when even the plain file is refused", async () => {
    expect((await ask(site, "/digits.txt", { "Accept-Encoding": "identity;q=0" })).status).toBe(406);
  });

  it("looks at nothing when switched off", async () => {
    const plain = serveFiles(memoryFiles(record), { precompressed: false });
    const response = await ask(plain, "/app.js", { "Accept-Encoding": "br" });
    expect([response.text, response.headers.get("vary")]).toEqual(["let plain;", null]);
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

describe("what is opened", () => {
  it("is closed on every way out", async () => {
    const source = counting(memoryFiles(record));
    const site = serveFiles(source, { listing: true });
    for (const target of [
      "/",
      "/app.js",
      "/app.js/",
      "/docs",
      "/docs/",
      "/pictures/",
      "/none",
      "/empty.txt",
    ]) {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
        for (const headers of [
          { "Accept-Encoding": "br" },
          { "Accept-Encoding": "*;q=0" },
          { Range: "bytes=0-0,-1" },
          { Range: "bytes=5000000-" },
          { "If-Match": '""' },
          { "If-None-Match": "*" },
        ]) {
          await ask(site, target, headers as Record<string, string>, method);
          expect(source.left()).toBe(0);
        }
      }
    }
  });

  it("is closed when reading or answering fails", async () => {
    const failing: FileSource = {
      open: () => ({ kind: "file", size: 5, read: () => Promise.reject(new Error("disk")), close() {} }),
    };
    const source = counting(failing);
    await expect(ask(serveFiles(source), "/a.png")).rejects.toThrow("disk");
    expect(source.left()).toBe(0);
  });
});

describe("memoryFiles", () => {
  it("refuses paths that nobody could ask for, and files that are directories", () => {
    for (const path of ["", "/", "a//b", "../a", "a/", "a\\b", "nul"]) {
      expect(() => memoryFiles({ [path]: "" })).toThrow(TypeError);
    }
    expect(() => memoryFiles({ a: "", "a/b": "" })).toThrow(TypeError);
    expect(() => memoryFiles({ "a/b": "", a: "" })).toThrow(TypeError);
  });
});
