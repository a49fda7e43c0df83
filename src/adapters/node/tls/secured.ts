import { isIP, type Socket as NetSocket } from "node:net";
import type { TLSSocket } from "node:tls";
import { NetworkError } from "../../../socket/index.ts";
import type { Identities } from "./identities.ts";
import { nodeTls } from "./node-tls.ts";
import { ALPN } from "./options.ts";

/**
 * The client's half of a handshake over a connection that is there: asks for the host by name, and holds the
 * server's certificate against it and against what is trusted.
 *
 * @param own makes what the connection belongs to from then on, and listens to its errors
 * @throws Error with Node's or OpenSSL's code; the connection is gone then. The signal's reason when it is aborted.
 */
export function secured<Owner>(
  raw: NetSocket,
  host: string,
  identities: Identities,
  signal: AbortSignal | undefined,
  own: (tls: TLSSocket) => Owner,
): Promise<Owner> {
  return new Promise((resolve, reject) => {
    const tls = nodeTls().connect({
      socket: raw,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secureContext: identities.standard,
      ALPNProtocols: ALPN,
    });
    tls.pause(); // nothing is read before `open`; the handshake goes on
    const ms = identities.handshakeTimeoutMs;
    const late = () => fail(new NetworkError("ETIMEDOUT", `no handshake within ${ms} ms`));
    const timer = ms > 0 ? setTimeout(late, ms) : undefined;
    const settle = (then: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      then();
    };
    const fail = (error: unknown) => {
      settle(() => reject(error));
      raw.destroy();
    };
    const abort = () => fail(signal?.reason);
    tls.on("error", fail);
    signal?.addEventListener("abort", abort);
    tls.once("secureConnect", () => {
      settle(() => resolve(own(tls)));
      tls.off("error", fail);
    });
  });
}
