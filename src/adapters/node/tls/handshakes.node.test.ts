import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { describe, expect, it } from "vitest";
import { createFetch } from "../../../client/index.ts";
import { WireClient } from "../../../testing/index.ts";
import { Descriptors } from "../descriptors.ts";
import { NodeNetwork } from "../index.ts";
import { listeningServer } from "../server.ts";
import { Handshakes } from "./handshakes.ts";
import { Identities } from "./identities.ts";
import { cleanUps, codeOf, handshake, serve, standard } from "./served.fixture.ts";

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
