import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Agent, fetch as undiciFetch } from "undici";
import { describe, expect, it } from "vitest";
import { createFetch } from "../../../client/index.ts";
import {
  AsyncHttpServer,
  acceptWebSocket,
  createWebSocket,
  fetchHandler,
  tapNetwork,
} from "../../../index.node.ts";
import { WireClient } from "../../../testing/index.ts";
import { NodeNetwork, type TlsOptions } from "../index.ts";
import { cleanUps, codeOf, handshake, serve, shop, standard } from "./served.fixture.ts";

describe("protocols (ALPN)", () => {
  it("chooses http/1.1 wherever it is among those offered, and serves who offers none", async () => {
    const { port } = await serve();
    const protocols = [["h2", "http/1.1"], ["http/1.1"], undefined];
    const chosen = protocols.map(async (ALPNProtocols) => {
      const tls = await handshake(port, ALPNProtocols ? { ALPNProtocols } : {});
      return tls.alpnProtocol;
    });
    expect(await Promise.all(chosen)).toEqual(["http/1.1", "http/1.1", false]);
  });

  it("ends a handshake that offers h2 alone with no_application_protocol", async () => {
    const { port } = await serve();
    expect(await codeOf(handshake(port, { ALPNProtocols: ["h2"] }))).toBe(
      "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
    );
  });

  it("offers http/1.1 when it connects", async () => {
    const network = new NodeNetwork({ tls: { ca: standard.cert } });
    const offered = new Promise((resolve) => {
      const server = https.createServer({
        ...standard,
        ALPNCallback({ protocols }) {
          resolve(protocols);
          return protocols[0];
        },
      });
      cleanUps.push(() => server.close());
      server.listen(0, "127.0.0.1", async () => {
        const { port } = server.address() as AddressInfo;
        const socket = await network.connect({ host: "localhost", port });
        cleanUps.push(() => socket.destroy());
      });
    });
    expect(await offered).toEqual(["http/1.1"]);
  });
});

describe("connecting", () => {
  it("trusts what ca says and nothing else, for the host that was asked for", async () => {
    const { port } = await serve({ ...standard, names: { "shop.test": shop } });
    const attempt = (tls: TlsOptions, host: string) =>
      codeOf(new NodeNetwork({ tls }).connect({ host, port }).then((socket) => socket.destroy()));
    expect(await attempt({ ca: standard.cert }, "localhost")).toBe("fulfilled");
    expect(await attempt({ ca: standard.cert }, "127.0.0.1")).toBe("fulfilled");
    expect(await attempt({}, "localhost")).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(await attempt({ ca: shop.cert }, "localhost")).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    const wrongName = await serve(shop);
    const asked = new NodeNetwork({ tls: { ca: shop.cert } }).connect({
      host: "localhost",
      port: wrongName.port,
    });
    await expect(asked).rejects.toMatchObject({ name: "NetworkError", code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  it("gives up on a server that says nothing, in time or when the signal says so", async () => {
    const mute = createServer();
    cleanUps.push(() => mute.close());
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as AddressInfo;
    const network = new NodeNetwork({ tls: { ca: standard.cert, handshakeTimeoutMs: 100 } });
    expect(await codeOf(network.connect({ host: "127.0.0.1", port }))).toBe("ETIMEDOUT");
    const reason = new Error("changed my mind");
    const controller = new AbortController();
    const connecting = new NodeNetwork({ tls: {} }).connect({
      host: "127.0.0.1",
      port,
      signal: controller.signal,
    });
    mute.once("connection", () => setTimeout(() => controller.abort(reason), 20));
    await expect(connecting).rejects.toBe(reason);
  });

  it("tells a server that speaks no TLS from one that does", async () => {
    const talker = createServer((socket) =>
      socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    cleanUps.push(() => talker.close());
    await new Promise<void>((resolve) => talker.listen(0, "127.0.0.1", resolve));
    const { port } = talker.address() as AddressInfo;
    const network = new NodeNetwork({ tls: {} });
    // The second is what OpenSSL 3.5 says (Node 24): it reads the length before the version.
    expect(await codeOf(network.connect({ host: "127.0.0.1", port }))).toMatch(
      /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    );
  });
});

describe("a peer that reads slowly", () => {
  it("is seen to take a part of one long write, and not all of it or nothing", async () => {
    const network = new NodeNetwork({ tls: { ...standard, ca: standard.cert } });
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    cleanUps.push(() => listener.close());
    const near = await network.connect({ host: "localhost", port: listener.address.port });
    const far = await listener.accept();
    cleanUps.push(() => [near, far].map((socket) => socket.destroy()));
    far.open({ onData() {}, onEnd() {}, onDrain() {}, onClose() {} });
    expect(far.bytesTaken).toBe(0);
    const length = 64 * 1024 * 1024;
    far.write(new Uint8Array(length));
    await expect.poll(() => far.bytesTaken).toBeGreaterThan(0);
    const taken = far.bytesTaken ?? 0;
    expect(taken).toBeLessThan(length);
    near.open({ onData() {}, onEnd() {}, onDrain() {}, onClose() {} });
    await expect.poll(() => far.bytesTaken, { timeout: 10_000 }).toBe(length);
  });
});

describe("Unix sockets", () => {
  it("speak TLS as well, for the name localhost", async () => {
    const directory = mkdtempSync(join(tmpdir(), "portico-"));
    cleanUps.push(() => rmSync(directory, { recursive: true }));
    const network = new NodeNetwork({ tls: { ...standard, ca: standard.cert } });
    const path = join(directory, "tls");
    const listener = await network.listen({ path });
    cleanUps.push(() => listener.close());
    const near = new WireClient(await network.connect({ path }));
    const far = new WireClient(await listener.accept());
    await near.send("over TLS");
    expect(await far.read(8)).toBe("over TLS");
    expect([near.socket.remoteAddress, far.socket.localAddress].map(({ address }) => address)).toEqual([
      path,
      path,
    ]);
    near.destroy();
    await far.closed();
  });
});

describe("real clients", () => {
  const run = promisify(execFile);

  it("are served: curl, node:https, undici, and fetch of this package", async () => {
    const { port } = await serve();
    const url = `https://localhost:${port}/x`;
    const directory = mkdtempSync(join(tmpdir(), "portico-"));
    cleanUps.push(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, "ca.pem"), standard.cert);
    const curl = await run("curl", ["-sS", "--max-time", "10", "--cacert", join(directory, "ca.pem"), url]);
    expect(curl.stdout).toBe(url);

    const node = await new Promise<string>((resolve, reject) => {
      const request = https.get(url, { ca: standard.cert }, (response) => {
        response.setEncoding("utf8").once("data", resolve);
      });
      request.once("error", reject);
    });
    expect(node).toBe(url);

    const dispatcher = new Agent({ connect: { ca: standard.cert }, allowH2: true });
    cleanUps.push(() => dispatcher.close());
    expect(await (await undiciFetch(url, { dispatcher })).text()).toBe(url);

    const network = new NodeNetwork({ tls: { ca: standard.cert } });
    const fetch = createFetch(new NodeNetwork(), { secureNetwork: network });
    cleanUps.push(() => fetch.close());
    expect(await (await fetch(url)).text()).toBe(url);
  });

  it("have wss:, and a tapped network tells that it is secure", async () => {
    const network = new NodeNetwork({ tls: { ...standard, ca: standard.cert } });
    const events: string[] = [];
    const server = new AsyncHttpServer({ network: tapNetwork(network, (event) => events.push(event.type)) });
    await server.listen(0, { address: "127.0.0.1" });
    cleanUps.push(() => server.close({ graceMs: 0 }));
    let scheme = "";
    void server.acceptRequest(async (request) => {
      scheme = request.url.protocol;
      const socket = await acceptWebSocket(request);
      for await (const message of socket) socket.send(message);
    });
    const WebSocket = createWebSocket(new NodeNetwork(), { connectSecure: (spec) => network.connect(spec) });
    const socket = new WebSocket(`wss://localhost:${server.getPort()}/`);
    const echoed = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    socket.onopen = () => socket.send("over TLS");
    expect(await echoed).toBe("over TLS");
    expect(scheme).toBe("https:");
    socket.close(1000);
    await new Promise((resolve) => socket.addEventListener("close", resolve));
  });
});

describe("frameworks", () => {
  it("see https in the URL of a Request", async () => {
    const network = new NodeNetwork({ tls: { ...standard, ca: standard.cert } });
    const server = new AsyncHttpServer({ network });
    await server.listen(0, { address: "127.0.0.1" });
    cleanUps.push(() => server.close({ graceMs: 0 }));
    void server.acceptRequest(fetchHandler((request) => new Response(request.url)));
    const fetch = createFetch(network, { secureNetwork: network });
    cleanUps.push(() => fetch.close());
    const url = `https://localhost:${server.getPort()}/path`;
    expect(await (await fetch(url)).text()).toBe(url);
  });
});
