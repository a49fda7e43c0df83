import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { Agent, fetch as undiciFetch } from "undici";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createFetch } from "../../../client/index.ts";
import {
  AsyncHttpServer,
  acceptWebSocket,
  createWebSocket,
  fetchHandler,
  tapNetwork,
} from "../../../index.node.ts";
import { WireClient } from "../../../testing/index.ts";
import { Descriptors } from "../descriptors.ts";
import { NodeNetwork, type TlsOptions } from "../index.ts";
import { listeningServer } from "../server.ts";
import { identityFor, type TestIdentity } from "./certificates.fixture.ts";
import { Handshakes } from "./handshakes.ts";
import { Identities } from "./identities.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let standard: TestIdentity;
let shop: TestIdentity;
let wild: TestIdentity;
beforeAll(async () => {
  [standard, shop, wild] = await Promise.all([
    identityFor("localhost", "127.0.0.1"),
    identityFor("shop.test"),
    identityFor("*.wild.test"),
  ]);
});

/** A server over TLS that says what it was asked for. */
async function serve(tls: TlsOptions = standard): Promise<{ network: NodeNetwork; port: number }> {
  const network = new NodeNetwork({ tls });
  const server = new AsyncHttpServer({ network });
  await server.listen(0, { address: "127.0.0.1" });
  const serving = (async () => {
    while (server.listening) await server.acceptRequest((request) => request.respond(200, request.url.href));
  })();
  cleanUps.push(async () => {
    await server.close({ graceMs: 0 });
    await serving;
  });
  return { network, port: server.getPort() };
}

/** A handshake by Node's own client; what is wrong with the certificate is not asked. */
function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
    cleanUps.push(() => tls.destroy());
    tls.once("secureConnect", () => resolve(tls));
    tls.once("error", reject);
  });
}

async function subjectFor(port: number, servername?: string): Promise<string | string[] | undefined> {
  const tls = await handshake(port, servername === undefined ? {} : { servername });
  return tls.getPeerCertificate().subject.CN;
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "fulfilled",
    (error: { code?: string }) => error.code,
  );

describe("names (SNI)", () => {
  it("shows each name its own certificate, and the standard one to whoever names none or another", async () => {
    const { port } = await serve({ ...standard, names: { "Shop.test": shop, "*.wild.test": wild } });
    const asked = [
      "shop.test",
      "SHOP.TEST",
      "a.wild.test",
      "a.b.wild.test",
      "wild.test",
      "other.test",
      undefined,
    ];
    expect(await Promise.all(asked.map((name) => subjectFor(port, name)))).toEqual([
      ...["shop.test", "shop.test", "*.wild.test"],
      ...["localhost", "localhost", "localhost", "localhost"],
    ]);
  });

  it("ends the handshake of who asks for another, where there is no standard one", async () => {
    const { port } = await serve({ names: { "shop.test": shop } });
    expect(await subjectFor(port, "shop.test")).toBe("shop.test");
    expect(await codeOf(handshake(port, { servername: "other.test" }))).toMatch(
      /^ERR_SSL_.*HANDSHAKE_FAILURE$/,
    );
    const nobody = new NodeNetwork({ tls: { ca: shop.cert } }).listen({ port: 0, address: "127.0.0.1" });
    await expect(nobody).rejects.toThrow(TypeError);
  });

  it("has the policy of the whole for each name", async () => {
    const { port } = await serve({ ...standard, maxVersion: "TLSv1.2", names: { "shop.test": shop } });
    const tls = await handshake(port, { servername: "shop.test" });
    expect(tls.getProtocol()).toBe("TLSv1.2");
  });

  it("refuses versions before 1.2, unless told otherwise", async () => {
    const { port } = await serve();
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    expect(await codeOf(handshake(port, old))).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
  });
});

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

describe("new certificates", () => {
  it("count for the next handshake, and a connection that is there goes on", async () => {
    const { network, port } = await serve({ ...standard, names: { "shop.test": shop } });
    const before = await handshake(port);
    network.setSecureContext({ ...wild, names: { "shop.test": standard } });
    expect(await Promise.all([subjectFor(port), subjectFor(port, "shop.test")])).toEqual([
      "*.wild.test",
      "localhost",
    ]);
    before.write("GET / HTTP/1.1\r\nHost: still.here\r\n\r\n");
    const answer = await new Promise((resolve) => before.once("data", (bytes) => resolve(`${bytes}`)));
    expect(answer).toContain("https://still.here/");
  });

  it("leave those alone who come back with a ticket of before", async () => {
    const { network, port } = await serve({ ...standard, names: { "shop.test": shop } });
    for (const servername of ["localhost", "shop.test"]) {
      const first = await handshake(port, { servername });
      const session = await new Promise<Buffer>((resolve) => first.once("session", resolve));
      const again = await handshake(port, { servername, session });
      expect(again.isSessionReused()).toBe(true);
      network.setSecureContext({ ...wild, names: { "shop.test": standard } });
      const later = await handshake(port, { servername, session });
      later.write("GET / HTTP/1.1\r\nHost: later\r\n\r\n");
      expect(`${await new Promise((resolve) => later.once("data", resolve))}`).toContain("https://later/");
      network.setSecureContext({ ...standard, names: { "shop.test": shop } });
    }
  });

  it("that are none, or no pair, throw, and those that are there stay", async () => {
    const { network, port } = await serve();
    expect(() => network.setSecureContext({ cert: "none", key: standard.key })).toThrow();
    expect(() => network.setSecureContext({ cert: shop.cert, key: standard.key })).toThrow(
      expect.objectContaining({ code: "ERR_OSSL_X509_KEY_VALUES_MISMATCH" }),
    );
    expect(() => network.setSecureContext({ ...shop, names: { a: { cert: "x", key: "y" } } })).toThrow();
    expect(await subjectFor(port)).toBe("localhost");
  });

  it("that would leave clients nothing to be shown throw where somebody listens", async () => {
    const { network, port } = await serve();
    for (const nothing of [{}, { ca: standard.cert }]) {
      expect(() => network.setSecureContext(nothing)).toThrow(TypeError);
    }
    expect(await subjectFor(port)).toBe("localhost");
  });

  it("are refused where one half of a pair is missing, for the whole and for a name", () => {
    const { cert, key } = standard;
    for (const tls of [{ cert }, { key }, { cert, key, names: { a: {} } }, { names: { a: { cert } } }]) {
      expect(() => new NodeNetwork({ tls })).toThrow("needs both cert and key");
    }
  });

  it("are refused by a network without TLS, and at once where they are none", () => {
    expect(() => new NodeNetwork().setSecureContext(standard)).toThrow(TypeError);
    expect(() => new NodeNetwork({ tls: { cert: "none", key: "none" } })).toThrow();
  });
});

/** A record that nobody with the connection's keys has made. */
const badRecord = Buffer.concat([Buffer.of(0x17, 3, 3, 0, 32), Buffer.alloc(32, 1)]);

describe("a peer that does not do its part", () => {
  /** What plain TCP gets back, and how it ends. */
  function plain(port: number, send: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connectTcp({ host: "127.0.0.1", port }, () => socket.write(send));
      let got = "";
      socket.on("data", (bytes) => {
        got += bytes.toString("latin1");
      });
      socket.on("end", () => resolve(`${JSON.stringify(got)} end`));
      socket.on("error", (error: { code?: string }) => resolve(`${JSON.stringify(got)} ${error.code}`));
      cleanUps.push(() => socket.destroy());
    });
  }

  it("and speaks plain HTTP is closed in order, without an answer in plain text", async () => {
    const { port } = await serve();
    expect(await plain(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).toBe('"" end');
  });

  it("and sends rubbish, or goes in the middle, is no affair of the others", async () => {
    const unhandled: unknown[] = [];
    const notice = (error: unknown) => unhandled.push(error);
    process.on("uncaughtException", notice);
    process.on("unhandledRejection", notice);
    const { network, port } = await serve();
    const other = await handshake(port);
    const rubbish = [
      "\x16\x03\x01\x00\x05hello",
      "\x00".repeat(600),
      "\x16\x03\x01\xff\xff",
      "\x15\x03\x03\x00\x02\x02\x28",
    ];
    await Promise.all(
      rubbish.map((bytes) => Promise.race([plain(port, bytes), new Promise((r) => setTimeout(r, 100))])),
    );
    const goer = connectTcp({ host: "127.0.0.1", port }, () => goer.resetAndDestroy());
    await new Promise((resolve) => goer.once("close", resolve));
    expect(await codeOf(handshake(port, { ciphers: "AES128-SHA", maxVersion: "TLSv1.2" }))).toMatch(
      /HANDSHAKE_FAILURE/,
    );
    other.write("GET / HTTP/1.1\r\nHost: other\r\n\r\n");
    expect(`${await new Promise((resolve) => other.once("data", resolve))}`).toContain("https://other/");
    const fetch = createFetch(new NodeNetwork(), {
      secureNetwork: new NodeNetwork({ tls: { ca: standard.cert } }),
    });
    expect((await fetch(`https://localhost:${port}/`)).status).toBe(200);
    fetch.close();
    process.off("uncaughtException", notice);
    process.off("unhandledRejection", notice);
    expect(unhandled).toEqual([]);
    expect(network.descriptors().active).toBeGreaterThan(0);
  });

  it("and breaks the encryption with the last of its handshake is closed", async () => {
    const network = new NodeNetwork({ tls: standard });
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    cleanUps.push(() => listener.close());
    const raw = connectTcp({ host: "127.0.0.1", port: listener.address.port });
    await new Promise<void>((resolve) => raw.once("connect", resolve));
    const tls = connectTls({ socket: raw, ca: standard.cert, servername: "localhost" });
    cleanUps.push(() => tls.destroy());
    tls.on("error", () => {});
    tls.once("secureConnect", () => raw.write(badRecord));
    await new Promise<void>((resolve) => raw.once("close", () => resolve()));
  });

  it("and breaks the encryption of a connection that is there gets it closed, with an error", async () => {
    const network = new NodeNetwork({ tls: standard });
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    cleanUps.push(() => listener.close());
    const raw = connectTcp({ host: "127.0.0.1", port: listener.address.port });
    await new Promise<void>((resolve) => raw.once("connect", resolve));
    const tls = await handshake(listener.address.port, { socket: raw });
    const far = new WireClient(await listener.accept());
    tls.on("error", () => {});
    raw.write(badRecord);
    expect(await far.closed()).toBe("failed");
    expect(far.error).toMatchObject({ name: "NetworkError", code: expect.stringMatching(/^ERR_SSL_/) });
  });

  it("and is too slow with its handshake is reset, though a byte comes now and then", async () => {
    const { port } = await serve({ ...standard, handshakeTimeoutMs: 300 });
    const slow = connectTcp({ host: "127.0.0.1", port }, () =>
      slow.write("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "latin1"),
    );
    const drip = setInterval(() => slow.write("\x00"), 50);
    cleanUps.push(() => clearInterval(drip));
    const started = performance.now();
    const error = await new Promise<{ code?: string }>((resolve) => slow.once("error", resolve));
    expect(error.code).toBe("ECONNRESET");
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("is the oldest of too many handshakes gets reset", async () => {
    const identities = new Identities(standard);
    const server = await listeningServer({ port: 0, address: "127.0.0.1" }, identities);
    cleanUps.push(() => server.close());
    new Handshakes(server, identities, new Descriptors(), (tls) => tls.end("served"), 2);
    const { port } = server.address() as AddressInfo;
    const first = connectTcp({ host: "127.0.0.1", port });
    await new Promise<void>((resolve) => server.once("connection", () => resolve()));
    const gone = new Promise<{ code?: string }>((resolve) => first.once("error", resolve));
    const second = connectTcp({ host: "127.0.0.1", port });
    cleanUps.push(() => second.destroy());
    await new Promise<void>((resolve) => server.once("connection", () => resolve()));
    const third = await handshake(port);
    expect((await gone).code).toBe("ECONNRESET");
    expect(`${await new Promise((resolve) => third.once("data", resolve))}`).toBe("served");
    expect(second.destroyed).toBe(false);
  });

  it("costs a descriptor from its first byte on, which is given back", async () => {
    const { network, port } = await serve();
    const before = network.descriptors().active;
    const silent: Socket[] = [];
    for (let i = 0; i < 20; i++) silent.push(connectTcp({ host: "127.0.0.1", port }));
    await expect.poll(() => network.descriptors().active - before).toBeGreaterThanOrEqual(20);
    for (const socket of silent) socket.destroy();
    await expect.poll(() => network.descriptors().active - before, { timeout: 5000 }).toBeLessThan(10);
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

describe("the time for a handshake", () => {
  it("has no end where it is longer than a timer's longest, and is refused where it is none", async () => {
    for (const handshakeTimeoutMs of [Infinity, 2 ** 33]) {
      const { port } = await serve({ ...standard, handshakeTimeoutMs });
      const socket = connectTcp({ host: "127.0.0.1", port });
      cleanUps.push(() => socket.destroy());
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const tls = connectTls({ socket, rejectUnauthorized: false });
      await new Promise((resolve, reject) => tls.once("secureConnect", resolve).once("error", reject));
    }
    for (const handshakeTimeoutMs of [-1, Number.NaN, "5" as never]) {
      expect(() => new NodeNetwork({ tls: { ...standard, handshakeTimeoutMs } })).toThrow(TypeError);
    }
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
