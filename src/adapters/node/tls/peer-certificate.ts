import type { PeerCertificate } from "node:tls";
import type { Socket } from "../../../socket/index.ts";
import { NodeSocket } from "../socket.ts";

/**
 * The certificate of the other end of a `NodeNetwork`'s connection, that one of `ca` has signed: of a client
 * (`request.client`) where `requestCert` had it asked for one, of a server where `connect` made the connection. `undefined`
 * for a client without one, for one that nobody of `ca` vouches for, and for sockets that are not `NodeNetwork`'s own
 * (those of `tapNetwork`, say).
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { AsyncHttpServer } from "portico";
 * import { peerCertificate, NodeNetwork } from "portico/node";
 *
 * const [cert, key, ca] = ["cert.pem", "key.pem", "clients.pem"].map((name) => readFileSync(name));
 * const network = new NodeNetwork({ tls: { cert, key, ca, requestCert: true } });
 * await new AsyncHttpServer({ network }).serve(8443, (request) =>
 *   request.respond(200, `Hello ${peerCertificate(request.client)?.subject.CN}`),
 * );
 * ```
 */
export function peerCertificate(socket: Socket): PeerCertificate | undefined {
  return socket instanceof NodeSocket ? socket.peerCertificate : undefined;
}
