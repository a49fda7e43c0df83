import { type Socket as NetSocket, Socket as NetSocketClass } from "node:net";
import type { Listener, Network, Socket } from "../../socket/index.ts";
import { Descriptors } from "./descriptors.ts";
import { networkError } from "./errors.ts";
import { NodeListener } from "./listener.ts";
import { DEFAULT_BACKLOG, listeningServer } from "./server.ts";
import { NodeSocket } from "./socket.ts";
import type { NodeConnectSpec, NodeListenSpec } from "./specs.ts";

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
 *
 * @example
 * ```ts
 * const network = new NodeNetwork();
 * const listener = await network.listen({ port: 0, address: "127.0.0.1" });
 * const client = await network.connect({ host: "127.0.0.1", port: listener.address.port });
 * const server = await listener.accept();
 * ```
 */
export class NodeNetwork implements Network {
  readonly #descriptors = new Descriptors();

  /**
   * @throws NetworkError with Node's code: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `ENOTFOUND`,
   * `EAFNOSUPPORT` for an address of the other family, `ENOTSUP` for `reusePort` where there is none.
   */
  async listen(options: NodeListenSpec): Promise<Listener> {
    const server = await listeningServer(options);
    return new NodeListener(server, this.#descriptors, options.backlog ?? DEFAULT_BACKLOG);
  }

  /** @throws NetworkError with Node's code, or the signal's reason. */
  async connect(options: NodeConnectSpec): Promise<Socket> {
    options.signal?.throwIfAborted();
    const net = await connected(options);
    const unix = "path" in options ? { local: "", remote: options.path } : undefined;
    return new NodeSocket(net, this.#descriptors, unix);
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
