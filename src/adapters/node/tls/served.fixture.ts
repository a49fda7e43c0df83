/** Servers over TLS, handshakes with them, and certificates: for tests. */
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach } from "vitest";
import { AsyncHttpServer } from "../../../index.node.ts";
import { NodeNetwork, type TlsOptions } from "../index.ts";
import { identityFor } from "./certificates.fixture.ts";

/** Run behind each test, the last first. */
export const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

export const [standard, shop, wild] = await Promise.all([
  identityFor("localhost", "127.0.0.1"),
  identityFor("shop.test"),
  identityFor("*.wild.test"),
]);

/** A server over TLS that says what it was asked for. */
export async function serve(tls: TlsOptions = standard): Promise<{ network: NodeNetwork; port: number }> {
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
export function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
    cleanUps.push(() => tls.destroy());
    tls.once("secureConnect", () => resolve(tls));
    tls.once("error", reject);
  });
}

export async function subjectFor(port: number, servername?: string): Promise<string | string[] | undefined> {
  const tls = await handshake(port, servername === undefined ? {} : { servername });
  return tls.getPeerCertificate().subject.CN;
}

export const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "fulfilled",
    (error: { code?: string }) => error.code,
  );
