import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { AsyncHttpServer, acceptWebSocket, type HttpRequest, serverSentEvents } from "../src/index.node.ts";
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

  async function callback(request: HttpRequest): Promise<void> {
    connections.add(request.client.remoteAddress.port);
    const { pathname } = request.url;
    if (pathname === "/socket") {
      const socket = await acceptWebSocket(request);
      for await (const message of socket) socket.send(message);
      return;
    }
    if (pathname === "/events") return events(request);
    if (pathname === "/upload") return request.respond(200, `${(await request.bytes()).length}`);
    await request.respond(200, JSON.stringify(Object.fromEntries(request.headers)));
  }

  const events = serverSentEvents(async function* () {
    yield "first";
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    yield "second";
  });

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
    await new Promise((resolve) => socket.once("open", resolve));
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
    while (!text.includes("first")) text += new TextDecoder().decode((await reader.read()).value);
    expect(text).not.toContain("second");
    release();
    while (!text.includes("second")) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
  });

  it("takes an upload of a megabyte, and reads the whole answer", async () => {
    const response = await fetch(`${url}/upload`, { method: "POST", body: new Uint8Array(1_000_000) });
    expect(await response.text()).toBe("1000000");
  });
});
