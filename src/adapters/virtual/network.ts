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
import { Addresses, ALL, IPV4_ALL } from "./addresses.ts";
import { type Conditions, checked, conditionsAt, type Direction, type Weather } from "./conditions.ts";
import { type Patience, pass, patiently } from "./connecting.ts";
import { type Guest, VirtualListener } from "./listener.ts";
import {
  type Arrival,
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_HIGH_WATER_MARK,
  EPHEMERALS,
  FIRST_EPHEMERAL,
  type VirtualNetworkOptions,
} from "./options.ts";
import { VirtualSocket } from "./socket.ts";

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
  readonly #maxSockets: number | undefined;
  readonly #connectTimeoutMs: number;
  readonly #addresses: Addresses;
  /** Those that share a port in the order in which they are to be asked. */
  readonly #listeners = new Set<VirtualListener>();
  /** Who holds a descriptor: listeners, accepted connections, and clients by their port. */
  readonly #held = new Set<unknown>();
  readonly #routes = new Set<Network>();
  #ephemerals = 0;

  constructor(options: VirtualNetworkOptions = {}) {
    const {
      maxSockets,
      seed = 0,
      names,
      highWaterMark = DEFAULT_HIGH_WATER_MARK,
      connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
      clock = systemClock,
      ...conditions
    } = options;
    checked({ maxSockets, seed: Math.abs(seed), highWaterMark, connectTimeoutMs, ...conditions });
    this.#weather = { conditions, since: 0, clock, seed, highWaterMark, waiting: new Set() };
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
    this.#weather.conditions = checked({ ...conditions });
    this.#weather.since = this.#weather.clock.now();
    for (const socket of this.#weather.waiting) socket.awake();
  }

  descriptors(): { active: number; max: number | undefined } {
    return { active: this.#held.size, max: this.#maxSockets };
  }

  /**
   * @throws NetworkError `EADDRINUSE`; `EADDRNOTAVAIL` or `ENOTFOUND` when the address is not this network's;
   * `EMFILE`; `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE` for a port or a family that is none.
   */
  async listen(options: ListenSpec): Promise<Listener> {
    const { family, reusePort } = options;
    checkPort(options.port, family);
    const name = options.address || (family === "IPv4" ? IPV4_ALL : ALL);
    const bound = this.#addresses.resolve(name, "EADDRNOTAVAIL", family);
    const address = name === ALL || name === IPV4_ALL ? name : (bound[0] as string);
    const port = options.port || this.#freePort("EADDRINUSE");
    const inTheWay = this.#at(port, bound).some(({ listener }) => !(reusePort && listener.spec.reusePort));
    if (inTheWay || this.#held.has(port)) throw new NetworkError("EADDRINUSE", `port ${port} is in use`);
    const listener = new VirtualListener({ address, port, family: "virtual" }, bound, options, () => {
      this.#listeners.delete(listener);
      this.#held.delete(listener);
    });
    this.#hold(listener);
    this.#listeners.add(listener);
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
    for (const route of this.#routes) {
      if (this.#at(port, this.#addresses.find(host))[0]) break;
      try {
        return await route.connect(options);
      } catch (error) {
        if (!(error instanceof NetworkError && NOBODY_THERE.includes(error.code))) throw error;
      }
    }
    return this.#connectHere(host, port, this.#patience(signal));
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
    return this.#visit(host, port, this.#patience(signal), socket);
  }

  async #connectHere(host: string, port: number, patience: Patience): Promise<Socket> {
    const from = this.#freePort("EADDRNOTAVAIL");
    this.#hold(from);
    const gone = () => this.#held.delete(from);
    let client = undefined as VirtualSocket | undefined;
    try {
      await this.#travel(port, "toServer", patience);
      await this.#visit(host, port, patience, (far, closed) => {
        const near = { ...far, port: from };
        client = new VirtualSocket(this.#weather, near, far, gone);
        return new VirtualSocket(this.#weather, far, near, closed, client);
      });
      await this.#travel(port, "toClient", patience);
      return client as VirtualSocket;
    } catch (error) {
      if (client) client.destroy();
      else gone();
      throw error;
    }
  }

  /** Makes the server's end and hands it to whoever listens there, once that has a place for it. */
  async #visit(host: string, port: number, patience: Patience, make: Arrival["socket"]): Promise<Socket> {
    const [found] = this.#at(port, this.#addresses.resolve(host, "ENETUNREACH"));
    if (found && !conditionsAt(this.#weather.conditions, port, "toServer").refuse) {
      const { listener, address } = found;
      this.#listeners.delete(listener);
      this.#listeners.add(listener); // to the end of the line
      const socket = await patiently<Socket | undefined>(patience, (done) =>
        listener.receive(this.#guest((closed) => make({ address, port, family: "virtual" }, closed), done)),
      );
      if (socket) return socket;
    }
    await this.#travel(port, "toClient", patience);
    throw new NetworkError("ECONNREFUSED", `nobody listens on port ${port}`);
  }

  /** @param done is told the server's end, or `undefined` when the listener closed before there was a place. */
  #guest(make: (closed: () => void) => Socket, done: (socket: Socket | undefined) => void): Guest {
    let socket: Socket | undefined;
    let gone = false;
    const guest = {
      enter: () => {
        socket = make(() => {
          gone = true;
          this.#held.delete(guest);
        });
        done(socket);
      },
      accept: () => {
        if (!gone) this.#hold(guest);
        return socket as Socket;
      },
      leave: () => (socket ? socket.destroy() : done(undefined)),
    };
    return guest;
  }

  /** Who listens there, at the first of the addresses first. */
  #at(port: number, addresses: readonly string[]): { listener: VirtualListener; address: string }[] {
    return addresses.flatMap((address) =>
      [...this.#listeners]
        .filter((listener) => listener.address.port === port && listener.bound.includes(address))
        .map((listener) => ({ listener, address })),
    );
  }

  /**
   * A free ephemeral port, one that was released as late as can be, as a kernel does it.
   * @throws NetworkError `code` when none is free.
   */
  #freePort(code: "EADDRNOTAVAIL" | "EADDRINUSE"): number {
    for (let tries = 0; tries < EPHEMERALS; tries++) {
      const port = FIRST_EPHEMERAL + (this.#ephemerals++ % EPHEMERALS);
      if (!this.#held.has(port) && !this.#at(port, this.#addresses.find(ALL))[0]) return port;
    }
    throw new NetworkError(code, "every port is in use");
  }

  /** The way of a packet without bytes. */
  async #travel(port: number, direction: Direction, patience: Patience): Promise<void> {
    const { latencyMs, blackHole } = conditionsAt(this.#weather.conditions, port, direction);
    if (latencyMs || blackHole) await pass(patience, blackHole ? Infinity : (latencyMs ?? 0));
  }

  #patience(signal: AbortSignal | undefined): Patience {
    const { clock } = this.#weather;
    return { clock, signal, until: clock.now() + this.#connectTimeoutMs };
  }

  /** Takes a descriptor for a socket. @throws NetworkError `EMFILE` */
  #hold(holder: unknown): void {
    if (this.#held.size >= (this.#maxSockets ?? Infinity))
      throw new NetworkError("EMFILE", `all ${this.#maxSockets} sockets are in use`);
    this.#held.add(holder);
  }
}

/** Answers after which another route may still know better. */
const NOBODY_THERE = ["ECONNREFUSED", "ENOTFOUND", "ENETUNREACH"];
