import {
  type ConnectSpec,
  type Listener,
  type ListenSpec,
  type Network,
  NetworkError,
  type Socket,
} from "../../socket/index.ts";
import { checkConnect, checkListen, checkPlain } from "../checked-spec.ts";
import { ipAddress } from "../ip-address.ts";
import { networkError } from "./errors.ts";
import { DenoListener } from "./listener.ts";
import { type RawConnection, type RawListener, runtime } from "./runtime.ts";
import { DenoSocket } from "./socket.ts";
import { TextArena } from "./text-arena.ts";

/**
 * Deno's TCP as a `Network`, over `Deno.listen` and `Deno.connect`. Needs `--allow-net`.
 *
 * - `listen({ port })` without an address is dual stack where the host has IPv6, and IPv4 else. Deno can't
 *   listen on IPv6 alone: `family: "IPv6"` on a wildcard address takes IPv4 connections as well.
 * - `reusePort: true` rejects with `ENOTSUP`: Deno has it behind an unstable flag only. `reuseAddr: false`
 *   and `backlog` have no effect: Deno has no switch for them.
 * - Deno can't reset a connection: where `destroy` cuts one off, the peer sees an end.
 * - `descriptors()` counts this network's own sockets; asking for the limit would need a permission.
 * - Nagle's algorithm is off.
 * - It speaks no TLS, and throws `ENOTSUP` where `tls` is asked of it: that is a reverse proxy's. (`NodeNetwork`'s, over what
 *   Deno has of `node:tls`, knows no back-pressure there.)
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 * import { DenoNetwork } from "portico/deno";
 *
 * const server = new AsyncHttpServer({ network: new DenoNetwork() });
 * await server.serve(8080, (request) => request.respond(200, "Hello"));
 * ```
 */
export class DenoNetwork implements Network {
  readonly #texts = new TextArena();
  #active = 0;
  readonly #gone = () => {
    this.#active--;
  };

  /**
   * @param options none: they are looked at for `tls` alone
   * @throws NetworkError `ENOTSUP` for `tls`
   */
  constructor(options: { readonly tls?: undefined } = {}) {
    checkPlain(options);
  }

  /**
   * @throws NetworkError with Node's code: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `ENOTFOUND`, `ENOTSUP`;
   * `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE` for options that make no sense, `ENOTSUP` for `tls`.
   */
  async listen(options: ListenSpec): Promise<Listener> {
    checkListen(options);
    if (options.reusePort)
      throw new NetworkError("ENOTSUP", "Deno has reusePort behind an unstable flag only");
    const raw = listenAt(options);
    this.#active++;
    return new DenoListener(raw, this.#adopt, this.#gone);
  }

  /** @throws NetworkError with Node's code (`listen` names those for options), or the signal's reason. */
  async connect(options: ConnectSpec): Promise<Socket> {
    checkConnect(options);
    const { host, port, signal } = options;
    signal?.throwIfAborted();
    try {
      const raw = await runtime().connect({ hostname: host, port, ...(signal ? { signal } : {}) });
      return this.#adopt(raw);
    } catch (error) {
      signal?.throwIfAborted();
      throw networkError(error, `could not connect to ${host} port ${port}`);
    }
  }

  /** This network's own sockets and listeners. */
  descriptors(): { active: number; max: number | undefined } {
    return { active: this.#active, max: undefined };
  }

  readonly #adopt = (raw: RawConnection): Socket => {
    this.#active++;
    return new DenoSocket(raw, this.#texts, this.#gone);
  };
}

function listenAt({ port, address, family }: ListenSpec): RawListener {
  const deno = runtime();
  const named = address === undefined || address === "" ? undefined : address;
  const literal = named?.includes(":") ? "IPv6" : /^\d+(\.\d+){3}$/.test(named ?? "") ? "IPv4" : undefined;
  if (literal !== undefined && family !== undefined && literal !== family) {
    throw new NetworkError("EAFNOSUPPORT", `the address is not an ${family} address`);
  }
  try {
    if (named !== undefined) return ofFamily(family, deno.listen({ hostname: named, port }));
    if (family === "IPv4") return deno.listen({ hostname: "0.0.0.0", port });
    return dualStack(port, family === "IPv6");
  } catch (error) {
    throw networkError(error, `could not listen on port ${port}`);
  }
}

/** Deno binds the first address of a name, whatever its family. @throws NetworkError */
function ofFamily(family: ListenSpec["family"], raw: RawListener): RawListener {
  const bound = ipAddress(raw.addr.hostname, raw.addr.port).family;
  if (family === undefined || family === bound) return raw;
  raw.close();
  throw new NetworkError("EAFNOSUPPORT", `the name's first address is not an ${family} address`);
}

function dualStack(port: number, onlyIPv6: boolean): RawListener {
  try {
    return runtime().listen({ hostname: "::", port });
  } catch (error) {
    const { code } = networkError(error, "");
    if (onlyIPv6 || (code !== "EAFNOSUPPORT" && code !== "EADDRNOTAVAIL")) throw error;
    return runtime().listen({ hostname: "0.0.0.0", port });
  }
}
