import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { createFetch } from "../../../client/index.ts";
import { AsyncHttpServer, type Socket, tapNetwork } from "../../../index.node.ts";
import { NodeNetwork, peerCertificate, type TlsOptions } from "../index.ts";
import { identityFor } from "./certificates.fixture.ts";
import { cleanUps, codeOf, handshake, shop, standard } from "./served.fixture.ts";

const [ada, stranger] = await Promise.all([identityFor("ada"), identityFor("stranger")]);
const asking = { ...standard, ca: ada.cert, requestCert: true } satisfies TlsOptions;

/** A server that says who its clients are, and how many requests it has seen. */
async function greeter(tls: TlsOptions) {
  const network = new NodeNetwork({ tls });
  const server = new AsyncHttpServer({ network });
  let requests = 0;
  await server.listen(0, { address: "127.0.0.1" });
  const serving = (async () => {
    while (server.listening) {
      await server.acceptRequest((request) => {
        requests++;
        return request.respond(200, `Hello ${peerCertificate(request.client)?.subject.CN ?? "nobody"}`);
      });
    }
  })();
  cleanUps.push(async () => {
    await server.close({ graceMs: 0 });
    await serving;
  });
  return { network, port: server.getPort(), requests: () => requests };
}

/** What a client with such an identity is told. With TLS 1.3 it hears of a refusal when it reads. */
async function ask(
  port: number,
  tls: TlsOptions,
  maxVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.3",
): Promise<string> {
  const secureNetwork = new NodeNetwork({ tls: { ca: standard.cert, maxVersion, ...tls } });
  const fetch = createFetch(new NodeNetwork(), { secureNetwork });
  cleanUps.push(() => fetch.close());
  return fetch(`https://localhost:${port}/`, { method: "POST", body: "x" }).then(
    (response) => response.text(),
    () => "refused",
  );
}

describe.each(["TLSv1.2", "TLSv1.3"] as const)("a server that asks for certificates, over %s", (version) => {
  it("knows a client by one that its ca has signed, and reads no request of any other", async () => {
    const { port, requests } = await greeter(asking);
    expect(await ask(port, ada, version)).toBe("Hello ada");
    expect(await ask(port, {}, version)).toBe("refused");
    expect(await ask(port, stranger, version)).toBe("refused");
    expect(requests()).toBe(1);
  });

  it("serves others where rejectUnauthorized is false, and takes them for nobody", async () => {
    const { port } = await greeter({ ...asking, rejectUnauthorized: false });
    const told = [ada, {}, stranger].map((identity) => ask(port, identity, version));
    expect(await Promise.all(told)).toEqual(["Hello ada", "Hello nobody", "Hello nobody"]);
  });

  it("asks whatever name it is called by", async () => {
    const { port } = await greeter({ ...asking, names: { "shop.test": shop } });
    const end = (tls: TLSSocket) =>
      new Promise((resolve) =>
        tls
          .once("close", () => resolve("closed"))
          .on("error", () => {})
          .resume(),
      );
    const options = { servername: "shop.test", maxVersion: version };
    expect(await codeOf(handshake(port, options).then(end))).toMatch(/fulfilled|^ERR_SSL/);
    const known = await handshake(port, { ...options, ...ada });
    known.write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    expect(`${await new Promise((resolve) => known.once("data", resolve))}`).toContain("Hello ada");
  });
});

describe("a client that asks to renegotiate, which is how it could come back as another one", () => {
  it.each([true, false])("is closed, where rejectUnauthorized is %s", async (rejectUnauthorized) => {
    const network = new NodeNetwork({ tls: { ...asking, rejectUnauthorized } });
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    cleanUps.push(() => listener.close());
    const client = await handshake(listener.address.port, { ...ada, maxVersion: "TLSv1.2" });
    client.on("error", () => {}).resume();
    const far = await listener.accept();
    const closed = new Promise<Error | undefined>((resolve) => {
      far.open({ onData() {}, onEnd() {}, onDrain() {}, onClose: resolve });
    });
    expect(peerCertificate(far)?.subject.CN).toBe("ada");
    client.renegotiate({ rejectUnauthorized: false }, () => {});
    expect(await closed).toMatchObject({ code: "ERR_TLS_RENEGOTIATION_DISABLED" });
  });
});

describe("a server that asks for no certificates", () => {
  it("knows nobody", async () => {
    const { port } = await greeter({ ...standard, ca: ada.cert });
    expect(await ask(port, ada)).toBe("Hello nobody");
  });
});

describe("whom a server asks", () => {
  it("has to be told: requestCert without ca throws, as does what is neither true nor false", () => {
    for (const wrong of [
      { ...standard, requestCert: true },
      { ...asking, requestCert: "yes" },
      { ...asking, rejectUnauthorized: 0 },
    ])
      expect(() => new NodeNetwork({ tls: wrong as TlsOptions })).toThrow(TypeError);
  });

  it("is the same by every name: a session that began by one would go on by another", () => {
    const names = { "shop.test": { ...shop, ca: stranger.cert } };
    expect(() => new NodeNetwork({ tls: { ...asking, names } })).toThrow(TypeError);
    expect(() => new NodeNetwork({ tls: { ...standard, names } })).not.toThrow();
  });

  it("can be renewed, but not whether it asks", async () => {
    const { network, port } = await greeter(asking);
    expect(() => network.setSecureContext(standard)).toThrow(TypeError);
    expect(() => network.setSecureContext({ ...asking, rejectUnauthorized: false })).toThrow(TypeError);
    expect(await ask(port, stranger)).toBe("refused");
    network.setSecureContext({ ...asking, ca: stranger.cert });
    expect(await ask(port, stranger)).toBe("Hello stranger");
    expect(await ask(port, ada)).toBe("refused");
  });

  it("is told of NodeNetwork's own sockets alone", async () => {
    const network = new NodeNetwork({ tls: { ...asking, ca: [ada.cert, standard.cert] } });
    const listener = await tapNetwork(network, () => {}).listen({ port: 0, address: "127.0.0.1" });
    cleanUps.push(() => listener.close());
    const { port } = listener.address;
    const near = await new NodeNetwork({ tls: { ...ada, ca: standard.cert } }).connect({
      host: "localhost",
      port,
    });
    const far: Socket = await listener.accept();
    cleanUps.push(() => [near, far].map((socket) => socket.destroy()));
    expect(peerCertificate(far)).toBeUndefined();
  });
});
