import { execFile } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterEach, describe, expect, test } from "vitest";
import { NodeNetwork } from "../adapters/node/index.ts";
import { HttpServer } from "../server/server.ts";
import { causeOf } from "../testing/client-stage.ts";
import { createFetch } from "./fetch.ts";
import { trailersOf } from "./response-facts.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function nodeServer(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

function client(): ReturnType<typeof createFetch> {
  const fetch = createFetch(new NodeNetwork());
  closing.push(() => fetch.close());
  return fetch;
}

describe("over TCP, to node:http", () => {
  test("bodies go both ways, and the connection is kept", async () => {
    const ports = new Set<number | undefined>();
    const { url } = await nodeServer((request, response) => {
      ports.add(request.socket.remotePort);
      request.pipe(response);
    });
    const fetch = client();
    for (const size of [0, 1, 70_000, 5_000_000]) {
      const body = new Uint8Array(size).fill(size % 251);
      const response = await fetch(url, { method: "POST", body });
      expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), Buffer.from(body))).toBe(0);
    }
    expect(ports.size).toBe(1);
  });

  test("a stream goes out in chunks and comes back while it goes", async () => {
    const { url } = await nodeServer((request, response) => request.pipe(response));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    void writer.write(Buffer.from("first"));
    const response = await client()(url, { method: "POST", body: readable, duplex: "half" });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("first");
    void writer.write(Buffer.from("second"));
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("second");
    void writer.close();
    expect((await reader.read()).done).toBe(true);
  });

  test("gzip is decoded, and brotli is not asked for where the platform has none", async () => {
    const { url } = await nodeServer((request, response) => {
      const brotli = /\bbr\b/.test(request.headers["accept-encoding"] ?? "");
      response.setHeader("content-encoding", brotli ? "br" : "gzip");
      response.end(brotli ? brotliCompressSync("coded") : gzipSync("coded"));
    });
    expect(await (await client()(url)).text()).toBe("coded");
  });

  test("trailers arrive", async () => {
    const { url } = await nodeServer((_, response) => {
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("content");
      response.addTrailers({ "X-Sum": "7" });
      response.end();
    });
    const response = await client()(url);
    expect(await response.text()).toBe("content");
    expect((await trailersOf(response)).get("x-sum")).toBe("7");
  });

  test("a response that the server breaks off errors", async () => {
    const { url } = await nodeServer((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("part", () => response.destroy());
    });
    const text = client()(url).then((response) => response.text());
    expect(["IncompleteMessage", "ECONNRESET"]).toContain(await causeOf(text));
  });

  test("an idle connection that the server closed does not fail the next request", async () => {
    const { url, server } = await nodeServer((_, response) => response.end("ok"));
    const fetch = client();
    expect(await (await fetch(url)).text()).toBe("ok");
    server.closeAllConnections();
    expect(await (await fetch(url)).text()).toBe("ok");
  });

  test("a refused connection has the network's code", async () => {
    const probe = createTcpServer();
    await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    expect(await causeOf(client()(`http://127.0.0.1:${port}/`))).toBe("ECONNREFUSED");
  });

  test("a hundred requests at a time are all answered", async () => {
    const { url } = await nodeServer((request, response) => response.end(request.url));
    const fetch = client();
    const texts = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => (await fetch(`${url}${i}`)).text()),
    );
    expect(texts).toEqual(Array.from({ length: 100 }, (_, i) => `/${i}`));
  });
});

describe("over TCP, to Portico's server", () => {
  test("a large body in both directions is whole", async () => {
    const server = new HttpServer({ network: new NodeNetwork(), maxBody: 1e8 });
    closing.push(() => void server.close({ graceMs: 0 }));
    const port = await new Promise<number>((resolve) => {
      const options = { address: "127.0.0.1", onListen: (at: { port: number }) => resolve(at.port) };
      void server.serve(0, async (request) => request.respond(200, request.body), options);
    });
    const body = new Uint8Array(10_000_000).map((_, i) => i % 253);
    const response = await client()(`http://127.0.0.1:${port}/`, { method: "POST", body });
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), Buffer.from(body))).toBe(0);
  });
});

/** Runs a program against the sources in a process of its own, and gives what it prints. */
async function runProgram(program: string, ...flags: string[]): Promise<string> {
  const entry = fileURLToPath(new URL("../index.node.ts", import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: `import { createFetch } from ${JSON.stringify(entry)};\n${program}`, resolveDir: "/" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
  });
  const code = outputFiles[0]?.text ?? "";
  const run = promisify(execFile)(process.execPath, [...flags, "--input-type=module", "--eval", code]);
  return (await run).stdout;
}

test("an idle connection does not keep the process", async () => {
  const { url } = await nodeServer((_, response) => response.end("ok"));
  const program = `
    const started = performance.now();
    console.log(await (await createFetch()(${JSON.stringify(url)})).text());
    process.on("exit", () => console.log(performance.now() - started < 3000 ? "at once" : "late"));`;
  expect(await runProgram(program)).toBe("ok\nat once\n");
});

test("a response that was dropped unread does not hold its connection", async () => {
  let closed = 0;
  const { url } = await nodeServer((request, response) => {
    request.socket.on("close", () => closed++);
    response.end(new Uint8Array(20_000_000));
  });
  // Each response is too long to be received without a reader, so that one connection has to be given up.
  const program = `
    const fetch = createFetch(undefined, { maxConnectionsPerOrigin: 1 });
    const alive = setInterval(() => gc(), 20);
    for (let i = 0; i < 3; i++) console.log((await fetch(${JSON.stringify(url)})).status);
    clearInterval(alive);
    process.exit();`;
  expect(await runProgram(program, "--expose-gc")).toBe("200\n200\n200\n");
  expect(closed).toBeGreaterThanOrEqual(2);
});
