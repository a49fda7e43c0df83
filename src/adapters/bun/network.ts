import {
  type ConnectSpec,
  type Listener,
  type ListenSpec,
  type Network,
  NetworkError,
  type Socket,
} from "../../socket/index.ts";
import { AcceptQueue } from "../accept-queue.ts";
import { checkConnect, checkListen, checkPlain } from "../checked-spec.ts";
import { ipAddress } from "../ip-address.ts";
import { networkError } from "./errors.ts";
import { BunListener } from "./listener.ts";
import { type RawListener, type RawSocket, runtime } from "./runtime.ts";
import { BunSocket } from "./socket.ts";

/** Node's number, so that a server behaves alike on both. */
const DEFAULT_BACKLOG = 511;

/**
 * Bun's TCP as a `Network`, over `Bun.listen` and `Bun.connect`.
 *
 * - `listen({ port })` without an address is dual stack where the host has IPv6, and IPv4 else. With
 *   `family: "IPv6"` it takes IPv6 connections alone.
 * - `reuseAddr: false` has no effect, as on Node. `backlog` bounds the connections that nobody accepted.
 * - A `connect` that is given up rejects at once, but Bun can't stop: it holds a descriptor, and the process, until
 *   somebody answered or the kernel gave up, two minutes as a rule.
 * - `descriptors()` counts this network's own sockets; Bun can't tell the limit.
 * - Nagle's algorithm is off.
 * - It speaks no TLS, and throws `ENOTSUP` where `tls` is asked of it: `NodeNetwork` of `portico/node` does, on Bun too.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 * import { BunNetwork } from "portico/bun";
 *
 * const server = new AsyncHttpServer({ network: new BunNetwork() });
 * await server.serve(8080, (request) => request.respond(200, "Hello"));
 * ```
 */
export class BunNetwork implements Network {
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
   * @throws NetworkError with Node's code: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `ENOTFOUND`, `EAFNOSUPPORT`;
   * `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE` for options that make no sense, `ENOTSUP` for `tls`.
   */
  async listen(options: ListenSpec): Promise<Listener> {
    checkListen(options);
    const queue = new AcceptQueue(options.backlog ?? DEFAULT_BACKLOG);
    const { raw, hostname } = await this.#bind(options, (socket) => queue.arrive(this.#adopt(socket)));
    this.#active++;
    return new BunListener(raw, ipAddress(hostname, raw.port), queue, this.#gone);
  }

  /** @throws NetworkError with Node's code (`listen` names those for options), or the signal's reason. */
  async connect(options: ConnectSpec): Promise<Socket> {
    checkConnect(options);
    const { host, port, signal } = options;
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        signal?.removeEventListener("abort", abort);
        then();
      };
      const abort = () => settle(() => reject(signal?.reason));
      const fail = (error: unknown) =>
        settle(() => reject(networkError(error, `could not connect to ${host} port ${port}`)));
      signal?.addEventListener("abort", abort);
      const opened = (raw: RawSocket<BunSocket>) => {
        const socket = this.#adopt(raw);
        if (signal?.aborted) socket.destroy();
        else settle(() => resolve(socket));
      };
      const connectError = (_raw: unknown, error: Error) => fail(error);
      const socket = { ...BunSocket.handlers(opened), connectError };
      runtime().connect({ hostname: host, port, allowHalfOpen: true, socket }).catch(fail);
    });
  }

  /** This network's own sockets and listeners. */
  descriptors(): { active: number; max: number | undefined } {
    return { active: this.#active, max: undefined };
  }

  #adopt(raw: RawSocket<BunSocket>): BunSocket {
    this.#active++;
    const socket = new BunSocket(raw, this.#gone);
    raw.data = socket;
    return socket;
  }

  async #bind(spec: ListenSpec, opened: (raw: RawSocket<BunSocket>) => void) {
    const bun = runtime();
    const socket = BunSocket.handlers(opened);
    const at = (hostname: string): { raw: RawListener; hostname: string } => {
      const reusePort = spec.reusePort ?? false;
      const ipv6Only = spec.family === "IPv6";
      const tcp = { hostname, port: spec.port, allowHalfOpen: true, reusePort, ipv6Only, socket } as const;
      return { raw: bun.listen(tcp), hostname };
    };
    const hostname = await bindAddress(spec);
    try {
      if (hostname !== undefined) return at(hostname);
      return attempt(() => at("::"), ["EAFNOSUPPORT", "EADDRNOTAVAIL"]) ?? at("0.0.0.0");
    } catch (error) {
      throw networkError(error, `could not listen on port ${spec.port}`);
    }
  }
}

/** The result, or `undefined` where it failed with one of the codes. */
function attempt<T>(run: () => T, codes: readonly string[]): T | undefined {
  try {
    return run();
  } catch (error) {
    if (codes.includes(networkError(error, "").code)) return undefined;
    throw error;
  }
}

/** What is not one Bun would fail with no code for; as a name it is not found. */
const IPV4 = /^(?:(?:25[0-5]|(?:2[0-4]|1\d|[1-9]|)\d)(?:\.(?!$)|$)){4}$/;

/** `undefined` is dual stack where the host has it. Names become addresses of the wanted family. */
async function bindAddress({ address, family }: ListenSpec): Promise<string | undefined> {
  if (address === undefined || address === "") {
    return family === "IPv4" ? "0.0.0.0" : family === "IPv6" ? "::" : undefined;
  }
  const literal = address.includes(":") ? 6 : IPV4.test(address) ? 4 : 0;
  const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : 0;
  if (literal !== 0) {
    if (wanted === 0 || wanted === literal) return address;
    throw new NetworkError("EAFNOSUPPORT", `the address is not an ${family} address`);
  }
  try {
    const [first] = await runtime().dns.lookup(address, { family: wanted });
    if (first) return first.address;
  } catch (error) {
    throw networkError(error, "could not find the address to listen on");
  }
  throw new NetworkError("ENOTFOUND", "could not find the address to listen on");
}
