/** The whole way: real clients, TCP, the server and a disk. */
import * as fs from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { directory } from "../adapters/node/directory.ts";
import { formatHttpDate } from "../http1/date.ts";
import fc from "../testing/fast-check.ts";
import { ask } from "./fake-request.ts";
import { serveFiles } from "./files.ts";
import { curl, serveFolder } from "./served.node.fixture.ts";

const DIGITS = "0123456789".repeat(100_000);
const SCRIPT = "export const answer = 42;\n".repeat(100);
const MODIFIED = 784111777;

const served = serveFolder((root, base) => {
  fs.mkdirSync(join(root, "docs"));
  fs.writeFileSync(join(root, "docs", "index.html"), "<h1>Docs</h1>");
  fs.writeFileSync(join(root, "digits.txt"), DIGITS);
  fs.utimesSync(join(root, "digits.txt"), MODIFIED, MODIFIED);
  fs.writeFileSync(join(root, "app.js"), SCRIPT);
  fs.writeFileSync(join(root, "app.js.gz"), gzipSync(SCRIPT));
  fs.writeFileSync(join(root, "app.js.br"), brotliCompressSync(SCRIPT));
  fs.writeFileSync(join(base, "secret.txt"), "SECRET");
});
let base: string;
let root: string;
let origin: string;
beforeAll(() => {
  ({ base, root } = served());
  origin = `http://127.0.0.1:${served().port}`;
});

/** Sends bytes as they are. */
async function raw(text: string): Promise<string> {
  const socket = connect(served().port, "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket.setEncoding("latin1")) answer += chunk;
  return answer;
}

describe("curl", () => {
  it("-I shows the length of the file and a Date (checklist 65)", async () => {
    const { stdout } = await curl("-I", `${origin}/digits.txt`);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stdout).toMatch(/\r\nContent-Length: 1000000\r\n/i);
    expect(stdout).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/i);
    expect(stdout).toMatch(/\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n/i);
  });

  it("-r gets one range as it is", async () => {
    const { stdout } = await curl("-i", "-r", "5-14", `${origin}/digits.txt`);
    expect(stdout).toMatch(/^HTTP\/1\.1 206 /);
    expect(stdout).toMatch(/\r\nContent-Range: bytes 5-14\/1000000\r\n/i);
    expect(stdout).toMatch(/\r\nContent-Length: 10\r\n/i);
    expect(stdout.endsWith("\r\n\r\n5678901234")).toBe(true);
    expect((await curl("-r", "-5", `${origin}/digits.txt`)).stdout).toBe("56789");
  });

  it("-r gets several ranges in parts", async () => {
    const { stdout } = await curl("-i", "-r", "0-99,200-299", `${origin}/digits.txt`);
    const boundary = /Content-Type: multipart\/byteranges; boundary=(\S+)\r\n/i.exec(stdout)?.[1] ?? "none";
    const parts = stdout.split(`--${boundary}`);
    expect(parts).toHaveLength(4);
    expect(parts[1]).toMatch(/\r\nContent-Range: bytes 0-99\/1000000\r\n\r\n(?:0123456789){10}\r\n$/);
    expect(parts[2]).toMatch(/\r\nContent-Range: bytes 200-299\/1000000\r\n\r\n(?:0123456789){10}\r\n$/);
  });

  it("-r beyond the end is told the size", async () => {
    expect((await curl("-i", "-r", "2000000-", `${origin}/digits.txt`)).stdout).toMatch(
      /^HTTP\/1\.1 416 .*\r\nContent-Range: bytes \*\/1000000\r\n/is,
    );
  });

  it("-z gets the file only when it is newer", async () => {
    const since = async (ms: number): Promise<string> =>
      (
        await curl(
          "-z",
          formatHttpDate(ms),
          "-w",
          "%{http_code} %{size_download}",
          "-o",
          "/dev/null",
          `${origin}/digits.txt`,
        )
      ).stdout;
    expect(await since(MODIFIED * 1000)).toBe("304 0");
    expect(await since(MODIFIED * 1000 - 1000)).toBe("200 1000000");
  });

  it("--etag-compare gets nothing twice", async () => {
    const etag = join(base, "etag");
    await curl("--etag-save", etag, "-o", "/dev/null", `${origin}/app.js`);
    const again = await curl("--etag-compare", etag, "-w", "%{http_code}", `${origin}/app.js`);
    expect(again.stdout).toBe("304");
  });

  it("-C resumes a download", async () => {
    const file = join(base, "resumed");
    fs.writeFileSync(file, DIGITS.slice(0, 123_456));
    expect((await curl("-C", "-", "-o", file, `${origin}/digits.txt`)).code).toBe(0);
    expect(fs.readFileSync(file, "utf8") === DIGITS).toBe(true);
  });

  it("--compressed gets the neighbour and finds the file in it", async () => {
    const { stdout } = await curl("--compressed", "-i", `${origin}/app.js`);
    expect(stdout).toMatch(/\r\nContent-Encoding: (br|gzip)\r\n/i);
    expect(stdout.endsWith(SCRIPT)).toBe(true);
  });

  it("-L follows a directory to its index", async () => {
    expect((await curl("-L", `${origin}/docs?x`)).stdout).toBe("<h1>Docs</h1>");
  });

  it("--path-as-is leads nowhere", async () => {
    for (const path of [
      "../secret.txt",
      "docs/../../secret.txt",
      "%2e%2e/secret.txt",
      "..%2fsecret.txt",
      "..%5csecret.txt",
    ]) {
      const { stdout } = await curl("--path-as-is", "-w", "%{http_code}", `${origin}/${path}`);
      expect(stdout).toMatch(/404$/);
      expect(stdout).not.toContain("SECRET");
    }
  });
});

describe("fetch", () => {
  it("gets many files over few connections, whole", async () => {
    const texts = await Promise.all(
      Array.from({ length: 40 }, async () => (await fetch(`${origin}/digits.txt`)).text()),
    );
    expect(texts.every((text) => text === DIGITS)).toBe(true);
  });

  it("goes on with a part only of the same version", async () => {
    const part = async (ifRange: string): Promise<number> => {
      const response = await fetch(`${origin}/digits.txt`, {
        headers: { Range: "bytes=1-2", "If-Range": ifRange },
      });
      await response.arrayBuffer();
      return response.status;
    };
    expect(await part(formatHttpDate(MODIFIED * 1000))).toBe(206);
    expect(await part(formatHttpDate(MODIFIED * 1000 + 1000))).toBe(200);
    const etag = (await fetch(`${origin}/digits.txt`, { method: "HEAD" })).headers.get("etag") ?? "";
    expect(await part(etag)).toBe(206);
    expect(await part(`W/${etag}`)).toBe(200); // a weak one promises no bytes
  });
});

describe("raw targets", () => {
  it("of any kind get a file below the root or none", async () => {
    fs.symlinkSync("..", join(root, "up"));
    fs.writeFileSync(join(root, "..hidden"), "SECRET");
    const callback = serveFiles(directory(root), { listing: true });
    const pieces =
      "/ // . .. ... \\ %2e %2E%2e %2f %5c %00 %25 %c0%ae %c0%af up docs secret.txt ..hidden index.html ; : ? # * C: http://h é";
    const target = fc.array(fc.oneof(fc.constantFrom(...pieces.split(" ")), fc.string({ maxLength: 2 })));
    await fc.assert(
      fc.asyncProperty(target, async (parts) => {
        const { status, text } = await ask(callback, `/${parts.join("")}`);
        expect([200, 301, 400, 404]).toContain(status);
        expect(text).not.toContain("SECRET");
        expect(text).not.toContain("secret.txt"); // nor a listing of what is above
      }),
      { numRuns: 1000 },
    );
    fs.rmSync(join(root, "up"));
    fs.rmSync(join(root, "..hidden"));
  });

  it.each([
    "/..%c0%afsecret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/a%00b",
    "/%",
    "/../secret.txt",
    "//etc/passwd",
    "/\\..\\secret.txt",
  ])("%s gets nothing", async (target) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
  });

  it("in absolute-form are the same file, and no way out", async () => {
    const get = (target: string) => raw(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await get(`${origin}/docs/`)).toMatch(/^HTTP\/1\.1 200 .*<h1>Docs<\/h1>$/s);
    expect(await get(`${origin}/../secret.txt`)).toMatch(/^HTTP\/1\.1 40[04] /);
  });
});
