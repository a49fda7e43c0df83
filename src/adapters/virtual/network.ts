import {
  type ConnectSpec,
  type Listener,
  type ListenSpec,
  type Network,
  NetworkError,
  type Socket,
  systemClock,
} from "../../socket/index.ts";
import { checkPort } from "../checked-spec.ts";
import { Addresses, bindingOf } from "./addresses.ts";
import { type Conditions, checked, conditionsAt, type Direction, type PortConditions } from "./conditions.ts";
import { type Patience, pass, patiently } from "./connecting.ts";
import { type Incoming, VirtualListener } from "./listener.ts";
import {
  type Arrival,
  DEFAULT_BACKLOG,
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_HIGH_WATER_MARK,
  type VirtualNetworkOptions,
} from "./options.ts";
import { Ports } from "./ports.ts";
import { type SocketHost, VirtualSocket } from "./socket.ts";
import { Weather } from "./weather.ts";

/**
 * A network that lives in this page, worker or process: ports, names, backlog, segments and Node's error
 * codes, with nothing opened outside. Without conditions it is instant and uses no timer; with some it is as
 * slow and as faulty as they say, the same way for the same seed.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork({ latencyMs: 20, maxSegmentBytes: 1, seed: 7 });
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(200, "Hello"));
 * const response = await createFetch(network)("http://localhost:8080/");
 * network.conditions = {}; // from here on all is well
 * await response.text(); // "Hello"
 * ```
 */
export class VirtualNetwork implements Network {
  readonly #weather: Weather;
  readonly #host: SocketHost;
  readonly #maxSockets: number;
  readonly #connectTimeoutMs: number;
  readonly #addresses: Addresses;
  readonly #ports = new Ports();
  readonly #routes = new Set<Network>();
  #active = 0;
  #connections = 0;

  constructor(options: VirtualNetworkOptions = {}) {
    const {
      maxSockets = Infinity,
      seed = 0,
      names,
      highWaterMark = DEFAULT_HIGH_WATER_MARK,
      connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
      clock = systemClock,
      ...conditions
    } = options;
    checked({ maxSockets, highWaterMark, connectTimeoutMs });
    this.#weather = new Weather(conditions, seed, clock);
    this.#host = { weather: this.#weather, highWaterMark };
    this.#maxSockets = maxSockets;
    this.#connectTimeoutMs = connectTimeoutMs || Infinity;
    this.#addresses = new Addresses(names);
  }

  /**
   * The conditions that hold now. Setting them replaces all of them, for the connections that are open too:
   * whatever has not arrived yet travels under the new ones, as though it left at this moment.
   * @throws RangeError when a number in them is negative or none
   */
  get conditions(): Conditions {
    return this.#weather.conditions;
  }

  set conditions(conditions: Conditions) {
    this.#weather.conditions = conditions;
  }

  descriptors(): { active: number; max: number | undefined } {
    return { active: this.#active, max: this.#maxSockets < Infinity ? this.#maxSockets : undefined };
  }

  /**
   * @throws NetworkError `EADDRINUSE`; `EADDRNOTAVAIL` or `ENOTFOUND` when the address is not this network's;
   * `EMFILE`; `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE` for a port or a family that is none.
   */
  async listen(options: ListenSpec): Promise<Listener> {
    checkPort(options.port, options.family);
    const address = this.#addresses.toBind(options);
    const binding = bindingOf(address, options.family);
    const reusePort = options.reusePort ?? false;
    const port = options.port || this.#ports.freeEphemeral("EADDRINUSE");
    this.#ports.assertFree(port, binding, reusePort);
    const descriptor = this.#descriptor();
    descriptor.take();
    const listener = new VirtualListener(
      { address, port, family: "virtual" },
      binding,
      options.backlog ?? DEFAULT_BACKLOG,
      reusePort,
      () => {
        this.#ports.remove(listener);
        descriptor.release();
      },
    );
    this.#ports.add(listener);
    return listener;
  }

  /**
   * @throws NetworkError `ECONNREFUSED`, `ENOTFOUND`, `ENETUNREACH`, `ETIMEDOUT`, `EMFILE`, `EADDRNOTAVAIL` (no
   * ephemeral port is free), `ERR_SOCKET_BAD_PORT`; or the signal's reason.
   */
  async connect(options: ConnectSpec): Promise<Socket> {
    const { host, port, signal } = options;
    checkPort(port);
    await undefined; // who calls and then aborts has not connected
    signal?.throwIfAborted();
    const addresses = this.#addresses.find(host);
    if (this.#routes.size > 0 && !(addresses && this.#ports.find(addresses, port))) {
      const routed = await this.#connectByRoute(options);
      if (routed) return routed;
    }
    return this.#connectHere(addresses ?? this.#addresses.resolve(host), port, this.#patience(signal));
  }

  /**
   * Where `connect` goes on to when nobody listens here: the other end of a link. Routes are asked in the
   * order in which they were added.
   * @returns what removes it.
   */
  addRoute(network: Network): () => void {
    this.#routes.add(network);
    return () => this.#routes.delete(network);
  }

  /**
   * Lets a connection in that comes from elsewhere. Routes are not asked, so two networks can be each other's.
   * Resolves when it has a place in the backlog. Latency and faults are those of where it comes from.
   * @throws NetworkError as `connect`.
   */
  async receive({ host, port, signal, socket }: Arrival): Promise<Socket> {
    checkPort(port);
    const addresses = this.#addresses.resolve(host);
    const { listener, address } = await this.#admission(addresses, port, this.#patience(signal));
    const descriptor = this.#descriptor();
    const arrived = socket({ address, port, family: "virtual" }, descriptor.release);
    this.#offer(listener, { socket: arrived, accepted: descriptor.take });
    return arrived;
  }

  async #connectHere(addresses: readonly string[], port: number, patience: Patience): Promise<Socket> {
    const descriptor = this.#descriptor();
    descriptor.take();
    let from = 0;
    const gone = () => {
      this.#ports.releaseEphemeral(from);
      descriptor.release();
    };
    let client: VirtualSocket | undefined;
    try {
      from = this.#ports.takeEphemeral();
      if (this.#at(port, "toServer").blackHole) await pass(patience, Infinity);
      await this.#travel(port, "toServer", patience);
      const { listener, address } = await this.#admission(addresses, port, patience);
      client = this.#connected(listener, address, from, gone);
      await this.#travel(port, "toClient", patience);
      return client;
    } catch (error) {
      if (client) client.destroy();
      else gone();
      throw error;
    }
  }

  /** Makes both ends. @returns the client's, while the server's goes to the listener. */
  #connected(listener: VirtualListener, address: string, from: number, gone: () => void): VirtualSocket {
    const { port } = listener.address;
    const near = { address, port: from, family: "virtual" } as const;
    const far = { address, port, family: "virtual" } as const;
    const descriptor = this.#descriptor();
    const [client, server] = VirtualSocket.pair(
      this.#host,
      this.#connections++,
      near,
      far,
      gone,
      descriptor.release,
    );
    this.#offer(listener, { socket: server, accepted: descriptor.take });
    return client;
  }

  /** A place in the backlog of whoever listens there. */
  async #admission(
    addresses: readonly string[],
    port: number,
    patience: Patience,
  ): Promise<{ listener: VirtualListener; address: string }> {
    const found = this.#at(port, "toServer").refuse ? undefined : this.#ports.find(addresses, port);
    if (found && (await patiently<boolean>(patience, (done) => found.listener.admit(done)))) return found;
    await this.#travel(port, "toClient", patience);
    throw new NetworkError("ECONNREFUSED", `nobody listens on port ${port}`);
  }

  #offer(listener: VirtualListener, incoming: Incoming): void {
    const { acceptDelayMs } = this.#at(listener.address.port, "toServer");
    if (acceptDelayMs) this.#weather.clock.setTimeout(() => listener.offer(incoming), acceptDelayMs);
    else listener.offer(incoming);
  }

  async #connectByRoute(options: ConnectSpec): Promise<Socket | undefined> {
    for (const route of this.#routes) {
      try {
        return await route.connect(options);
      } catch (error) {
        if (!(error instanceof NetworkError && NOBODY_THERE.includes(error.code))) throw error;
      }
    }
    return undefined;
  }

  /** The way of a packet without bytes. */
  async #travel(port: number, direction: Direction, patience: Patience): Promise<void> {
    const { latencyMs } = this.#at(port, direction);
    if (latencyMs) await pass(patience, latencyMs);
  }

  #at(port: number, direction: Direction): PortConditions {
    return conditionsAt(this.#weather.conditions, port, direction);
  }

  #patience(signal: AbortSignal | undefined): Patience {
    const { clock } = this.#weather;
    return { clock, signal, until: clock.now() + this.#connectTimeoutMs };
  }

  /** A descriptor for a socket, which may be gone before it is to take one. @throws NetworkError `EMFILE` */
  #descriptor(): { take(): void; release(): void } {
    let taken = false;
    let released = false;
    return {
      take: () => {
        if (this.#active >= this.#maxSockets) {
          throw new NetworkError("EMFILE", `all ${this.#maxSockets} sockets are in use`);
        }
        if (released) return;
        this.#active++;
        taken = true;
      },
      release: () => {
        if (taken) this.#active--;
        taken = false;
        released = true;
      },
    };
  }
}

/** Answers after which another route may still know better. */
const NOBODY_THERE = ["ECONNREFUSED", "ENOTFOUND", "ENETUNREACH"];
