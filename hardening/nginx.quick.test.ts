import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { AsyncHttpServer, acceptWebSocket, type HttpRequest } from "../src/index.node.ts";
import { sleep } from "./random.ts";
import { missing } from "./smuggling/installed.mjs";
import { nginxOfReadme, ProxyServer } from "./smuggling/proxies.ts";

const absent = missing(["nginx"]);

/** What the README says of nginx in front, with its configuration and both programs started. */
describe.skipIf(absent !== undefined)(`nginx as the README has it${absent ? ` (${absent})` : ""}`, () => {
  const server = new AsyncHttpServer();
  let proxy: ProxyServer;
  let url: string;
  const connections = new Set<number>();
  let release: () => void = () => {};
  let produced = 0;

  async function callback(request: HttpRequest): Promise<void> {
    connections.add(request.client.remoteAddress.port);
    const { pathname } = request.url;
    if (pathname === "/socket") {
      const socket = await acceptWebSocket(request);
      for await (const message of socket) socket.send(message);
      return;
    }
    if (pathname === "/events")
      return request.respond(200, events(), { "Content-Type": "text/event-stream" });
    if (pathname === "/endless") return endless(request);
    if (pathname === "/upload") return request.respond(200, `${(await request.bytes()).length}`);
    await request.respond(200, JSON.stringify(Object.fromEntries(request.headers)));
  }

  /** Without the word to nginx that `serverSentEvents` has (`X-Accel-Buffering`): it is the configuration that is tried. */
  async function* events() {
    for (const data of ["first", "second", "third"]) {
      yield `data: ${data}\n\n`;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
  }

  async function endless(request: HttpRequest): Promise<void> {
    const body = await request.sendHeaders({});
    const piece = new Uint8Array(65_536);
    for (produced = 0; !request.signal.aborted; produced += piece.length) await body.write(piece);
  }

  beforeAll(async () => {
    await server.listen(0, { address: "127.0.0.1" });
    void (async () => {
      while (server.listening) await server.acceptRequest(callback);
    })();
    proxy = await ProxyServer.start("nginx", server.getPort(), nginxOfReadme, randomUUID());
    url = `http://127.0.0.1:${proxy.port}`;
  });
  afterAll(async () => {
    await proxy?.stop();
    await server.close({ graceMs: 0 });
  });

  it("keeps its connection to Portico, and says who asks for what", async () => {
    connections.clear();
    for (let i = 0; i < 5; i++) {
      const headers = await (await fetch(url)).json();
      expect(headers).toMatchObject({
        ...{ host: `127.0.0.1:${proxy.port}`, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" },
      });
    }
    expect(connections.size).toBeLessThan(5);
  });

  it("lets WebSockets pass", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/socket`);
    await once(socket, "open");
    socket.send("through nginx");
    const data = await new Promise((resolve) => socket.once("message", resolve));
    expect(`${data}`).toBe("through nginx");
    socket.close(1000);
    expect(await new Promise((resolve) => socket.once("close", resolve))).toBe(1000);
  });

  it("lets an event pass before the next one is there", async () => {
    const response = await fetch(`${url}/events`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = "";
    // The first comes along with the head in any case.
    for (const data of ["first", "second", "third"]) {
      while (!text.includes(data)) text += new TextDecoder().decode((await reader.read()).value);
      release();
    }
    expect(text).toBe("data: first\n\ndata: second\n\ndata: third\n\n");
    await reader.cancel();
  }, 10_000);

  it("slows the callback where a client reads slowly, and takes no gigabyte to its disk", async () => {
    const response = await fetch(`${url}/endless`);
    let before = -1;
    while (produced > before && produced < 200_000_000) {
      before = produced;
      await sleep(300);
    }
    expect(produced).toBeGreaterThan(0);
    expect(produced).toBeLessThan(50_000_000);
    await response.body?.cancel();
  });

  it("takes an upload of a megabyte, and reads the whole answer", async () => {
    const response = await fetch(`${url}/upload`, { method: "POST", body: new Uint8Array(1_000_000) });
    expect(await response.text()).toBe("1000000");
  });
});
