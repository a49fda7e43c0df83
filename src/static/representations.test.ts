import { describe, expect, it } from "vitest";
import { ask } from "./fake-request.ts";
import { serveFiles } from "./files.ts";
import { memoryFiles } from "./memory.ts";
import { counting, LAST_MODIFIED, record, site } from "./sample-site.ts";

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
