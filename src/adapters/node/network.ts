import { type Socket as NetSocket, Socket as NetSocketClass } from "node:net";
import type { Listener, Network, Socket } from "../../socket/index.ts";
import { checkNodeConnect, checkNodeListen } from "./checked-spec.ts";
import { Descriptors } from "./descriptors.ts";
import { networkError } from "./errors.ts";
import { NodeListener } from "./listener.ts";
import { DEFAULT_BACKLOG, listeningServer } from "./server.ts";
import { NodeSocket } from "./socket.ts";
import type { NodeConnectSpec, NodeListenSpec } from "./specs.ts";
import { Identities } from "./tls/identities.ts";
import type { TlsOptions } from "./tls/options.ts";
import { secured } from "./tls/secured.ts";

/** Options of `NodeNetwork`. */
export interface NodeNetworkOptions {
  /**
   * Speaks TLS (1.2 and 1.3) on every connection, both where it listens and where it connects. Default: plain
   * text. See `TlsOptions`.
   */
  readonly tls?: TlsOptions;
}

/**
 * Node's TCP and Unix sockets as a `Network`.
 *
 * - `listen({ port })` without an address is dual stack where the host has IPv6, and IPv4 else. With
 *   `family: "IPv6"` it takes IPv6 connections alone.
 * - `reuseAddr: false` has no effect: Node sets SO_REUSEADDR on every listening TCP socket of a POSIX system
 *   (never on Windows) and has no switch for it. A port with a living listener is `EADDRINUSE` either way.
 * - `reusePort: true` needs Node 22.12 or 23.1 and a system that balances the load (Linux, FreeBSD, ...);
 *   elsewhere `listen` rejects with the code `ENOTSUP`.
 * - `backlog` is 511 by default. It bounds the kernel's queue and, again, the connections that Node
 *   took off it and nobody accepted.
 * - Nagle's algorithm is off.
 * - With `tls`, no client can renegotiate (TLS 1.2): who tries is closed.
 * - With `tls`, a listener's connections come out of `accept` when their handshake is done, and nothing is heard of
 *   one that fails: plain HTTP, for one, is closed without an answer. The protocol is `http/1.1` (ALPN): a client
 *   that offers others alone gets the alert `no_application_protocol`, one that offers none is served. `connect`
 *   verifies the certificate against the host and `tls.ca`.
 *
 * @example
 * ```ts
 * import { NodeNetwork } from "portico/node";
 *
 * const network = new NodeNetwork();
 * const listener = await network.listen({ port: 0, address: "127.0.0.1" });
 * const client = await network.connect({ host: "127.0.0.1", port: listener.address.port });
 * const server = await listener.accept();
 * server.remoteAddress.port === client.localAddress.port; // true
 * client.destroy();
 * await listener.close();
 * ```
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { AsyncHttpServer } from "portico";
 * import { NodeNetwork } from "portico/node";
 *
 * const tls = () => ({ cert: readFileSync("fullchain.pem"), key: readFileSync("privkey.pem") });
 * const network = new NodeNetwork({ tls: tls() });
 * process.on("SIGHUP", () => network.setSecureContext(tls())); // renewed: no connection is lost
 * await new AsyncHttpServer({ network }).serve(8443, (request) => request.respond(200, "Hello"));
 * ```
 */
export class NodeNetwork implements Network {
  readonly #descriptors = new Descriptors();
  readonly #identities: Identities | undefined;

  /** @throws Error with OpenSSL's code for a certificate or key of `tls` that is none. */
  constructor({ tls }: NodeNetworkOptions = {}) {
    this.#identities = tls && new Identities(tls);
  }

  /**
   * Replaces the certificates, keys and everything else of `tls` for handshakes from now on, on every listener of this
   * network. Connections that are there go on as they are.
   *
   * @throws TypeError when the network was made without `tls`. Error with OpenSSL's code for a certificate or key
   * that is none, or that does not belong to the other: what was there before stays.
   */
  setSecureContext(tls: TlsOptions): void {
    if (this.#identities === undefined) throw new TypeError("This network was made without the option tls");
    this.#identities.replace(tls);
  }

  /**
   * @throws NetworkError with Node's code: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `ENOTFOUND`,
   * `EAFNOSUPPORT` for an address of the other family, `ENOTSUP` for `reusePort` where there is none;
   * `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE`, `ENAMETOOLONG` for options that make no sense. TypeError where `tls` has no
   * certificate to show.
   */
  async listen(options: NodeListenSpec): Promise<Listener> {
    checkNodeListen(options);
    const server = await listeningServer(options, this.#identities);
    return new NodeListener(server, this.#descriptors, options.backlog ?? DEFAULT_BACKLOG, this.#identities);
  }

  /**
   * @throws NetworkError with Node's code (`ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE`, `ENAMETOOLONG` for options that make
   * no sense), or the signal's reason. With `tls` also with the code for what is wrong with the
   * certificate: `ERR_TLS_CERT_ALTNAME_INVALID`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `CERT_HAS_EXPIRED`, ...
   */
  async connect(options: NodeConnectSpec): Promise<Socket> {
    checkNodeConnect(options);
    options.signal?.throwIfAborted();
    const net = await connected(options);
    const unix = "path" in options ? { local: "", remote: options.path } : undefined;
    if (this.#identities === undefined) return new NodeSocket(net, { descriptors: this.#descriptors, unix });
    const host = "path" in options ? "localhost" : options.host;
    const own = (tls: NetSocket) =>
      new NodeSocket(tls, { descriptors: this.#descriptors, unix, beneath: net });
    return secured(net, host, this.#identities, options.signal, own).catch((error: unknown) => {
      throw options.signal?.aborted
        ? error
        : networkError(error, `no secure connection to ${nameOf(options)}`);
    });
  }

  /** The process's open descriptors (files and pipes too) and its limit. Other code's are seen within a second or so. */
  descriptors(): { active: number; max: number | undefined } {
    return this.#descriptors.count();
  }
}

function connected(spec: NodeConnectSpec): Promise<NetSocket> {
  const net = new NetSocketClass({ allowHalfOpen: true });
  const { signal } = spec;
  net.pause(); // nothing is read before `open`
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      signal?.removeEventListener("abort", abort);
      net.off("error", fail);
      then();
    };
    const fail = (error: unknown) =>
      settle(() => reject(networkError(error, `could not connect to ${nameOf(spec)}`)));
    const abort = () => {
      settle(() => reject(signal?.reason));
      net.destroy();
    };
    net.on("error", fail);
    signal?.addEventListener("abort", abort);
    const target = "path" in spec ? { path: spec.path } : { host: spec.host, port: spec.port, noDelay: true };
    try {
      net.connect(target, () => settle(() => resolve(net)));
    } catch (error) {
      fail(error); // a port that is not one
    }
  });
}

function nameOf(spec: NodeConnectSpec): string {
  return "path" in spec ? spec.path : `${spec.host} port ${spec.port}`;
}
