import { describe, expect, it } from "vitest";
import { NodeNetwork } from "../index.ts";
import { cleanUps, codeOf, handshake, serve, shop, standard, subjectFor, wild } from "./served.fixture.ts";

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

  it("may leave clients nothing again where nobody listens, or no more, or it failed", async () => {
    const taken = await new NodeNetwork().listen({ port: 0, address: "127.0.0.1" });
    cleanUps.push(() => taken.close());
    const network = new NodeNetwork({ tls: standard });
    const again = network.listen({ port: taken.address.port, address: "127.0.0.1" });
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
    network.setSecureContext({ ca: standard.cert });
    network.setSecureContext(standard);
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    await handshake(listener.address.port); // and stays
    await listener.close();
    network.setSecureContext({ ca: standard.cert });
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
