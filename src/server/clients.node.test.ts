import { execFile } from "node:child_process";
import http from "node:http";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { Pool } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AsyncHttpServer } from "../index.node.ts";
import { memoryFiles, serveFiles } from "../static/index.ts";
import type { HttpRequest } from "./types.ts";

/** The server beside the clients that people have: curl, Node's agent, undici. */
describe("real clients", () => {
  const server = new AsyncHttpServer({ onError: () => {} });
  const files = serveFiles(memoryFiles({ "numbers.txt": "0123456789".repeat(500) }));
  const peers = new Set<string>();
  let url = "";
  let left: () => void = () => {};

  async function callback(request: HttpRequest): Promise<void> {
    peers.add(`${request.client.remoteAddress.port}`);
    const { pathname } = request.url;
    if (pathname === "/numbers.txt") return files(request);
    if (pathname === "/wait") {
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      return left();
    }
    if (pathname === "/refuse") return request.respond(403, "no");
    if (pathname === "/stream") return request.respond(200, request.body);
    await request.respond(200, `${request.method} ${await request.text()}`, { "Content-Type": "text/plain" });
  }

  beforeAll(async () => {
    await server.listen(0, { address: "127.0.0.1" });
    url = `http://127.0.0.1:${server.getPort()}`;
    void (async () => {
      while (server.listening) await server.acceptRequest(callback);
    })();
  });
  afterAll(() => server.close({ graceMs: 0 }));

  describe("curl", () => {
    const run = promisify(execFile);
    const curl = async (...args: string[]) =>
      (await run("curl", ["-sS", "--max-time", "10", ...args])).stdout;

    it("keeps its connection for several requests", async () => {
      peers.clear();
      expect(await curl(`${url}/a`, `${url}/b`, `${url}/c`)).toBe("GET GET GET ");
      expect(peers.size).toBe(1);
    });

    it("uploads in chunks from a pipe", async () => {
      const child = run("curl", ["-sS", "--max-time", "10", "-T", "-", `${url}/up`]);
      child.child.stdin?.end("x".repeat(200_000));
      expect((await child).stdout).toBe(`PUT ${"x".repeat(200_000)}`);
    });

    it("waits for 100 before it sends a body, and gets a refusal without sending it", async () => {
      const expecting = ["-v", "--expect100-timeout", "5", "-H", "Expect: 100-continue", "-d", "body"];
      const taken = await run("curl", ["-sS", ...expecting, `${url}/x`]);
      expect(taken.stdout).toBe("POST body");
      expect(taken.stderr).toMatch(/< HTTP\/1\.1 100 Continue/);
      const refused = await run("curl", ["-sS", ...expecting, `${url}/refuse`]);
      expect(refused.stdout).toBe("no");
      expect(refused.stderr).not.toMatch(/100 Continue/);
    });

    it("speaks HTTP/1.0, and gets the close it counts on", async () => {
      expect(await curl("-i", "--http1.0", `${url}/a`)).toMatch(
        /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*GET $/,
      );
    });

    it("asks for the head", async () => {
      expect(await curl("-I", `${url}/a`)).toMatch(/Content-Length: 5\r\n\r\n$/);
    });

    it("asks for ranges", async () => {
      expect(await curl("-r", "2-4", `${url}/numbers.txt`)).toBe("234");
      expect(await curl("-i", "-r", "0-1,4008-4009", `${url}/numbers.txt`)).toMatch(
        /206[\s\S]*multipart\/byteranges[\s\S]*\r\n01\r\n[\s\S]*\r\n89\r\n/,
      );
    });

    it("gets 413 for a file that is too large, while it still sends", async () => {
      const child = run(
        "curl",
        ["-sS", "-i", "--max-time", "10", "-H", "Expect:", "--data-binary", "@-", `${url}/big`],
        { maxBuffer: 1e6 },
      );
      child.child.stdin?.on("error", () => {});
      child.child.stdin?.end(Buffer.alloc(9_000_000));
      expect((await child).stdout).toMatch(/^HTTP\/1\.1 413 /);
    });
  });

  it("serves Node's agent with keep-alive, on one socket", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    peers.clear();
    const post = (body: string) =>
      new Promise<string>((resolve, reject) => {
        const request = http.request(`${url}/x`, { agent, method: "POST" }, async (response) => {
          resolve(await new Response(Readable.toWeb(response) as ReadableStream).text());
        });
        request.on("error", reject);
        request.end(body);
      });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => post(`body ${i}`)));
    expect(answers).toEqual(Array.from({ length: 50 }, (_, i) => `POST body ${i}`));
    expect(peers.size).toBe(1);
    agent.destroy();
  });

  it("serves undici with ten requests in the pipe, each with its own answer", async () => {
    const pool = new Pool(url, { pipelining: 10, connections: 2 });
    peers.clear();
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const method = i % 3 === 0 ? "PUT" : "GET";
        const { body } = await pool.request({
          path: `/${i}`,
          method,
          ...(method === "PUT" ? { body: `b${i}` } : {}),
          blocking: false,
        });
        return body.text();
      }),
    );
    expect(answers).toEqual(Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? `PUT b${i}` : "GET ")));
    expect(peers.size).toBeLessThanOrEqual(2);
    await pool.close();
  });

  it("knows that fetch, Node's client or curl gave up, before anything was written", async () => {
    for (const giveUp of [
      () => fetch(`${url}/wait`, { signal: AbortSignal.timeout(100) }).catch(() => {}),
      () => http.get(`${url}/wait`, { signal: AbortSignal.timeout(100) }).on("error", () => {}),
      () => execFile("curl", ["-s", "--max-time", "0.1", `${url}/wait`]),
    ]) {
      const given = new Promise<void>((resolve) => {
        left = resolve;
      });
      void giveUp();
      await given;
    }
  });

  it("echoes a stream to Node's fetch while it is sent", async () => {
    const sent = Array.from({ length: 64 }, (_, i) => new Uint8Array(10_000).fill(i));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = sent.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
    });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    const bytes = new Uint8Array(await (await fetch(`${url}/stream`, init)).arrayBuffer());
    expect(bytes.length).toBe(640_000);
    expect(bytes.every((octet, i) => octet === Math.floor(i / 10_000))).toBe(true);
  });
});
