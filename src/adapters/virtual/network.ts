import {
  type Clock,
  type ConnectSpec,
  type Listener,
  type ListenSpec,
  type Network,
  NetworkError,
  type Socket,
  systemClock,
} from "../../socket/index.ts";
import { Addresses, bindingOf } from "./addresses.ts";
import {
  type Conditions,
  checked,
  type Direction,
  type FlowConditions,
  flowConditions,
  portConditions,
} from "./conditions.ts";
import { type Patience, pass, patiently, silence } from "./connecting.ts";
import type { Inbound } from "./inbound.ts";
import { Line } from "./line.ts";
import { VirtualListener } from "./listener.ts";
import { type Arrival, DEFAULTS, type VirtualNetworkOptions } from "./options.ts";
import { Ports } from "./ports.ts";
import { deriveSeed, randomNumbers } from "./random.ts";
import { type SocketHost, VirtualSocket } from "./socket.ts";

/**
 * A network that lives in this page, worker or process: ports, names, backlog, segments and Node's error
 * codes, with nothing opened outside. Without conditions it is instant and uses no timer; with some it is as
 * slow and as faulty as they say, the same way for the same seed.
 *
 * @example
 * ```ts
 * const network = new VirtualNetwork({ latencyMs: 20, maxSegmentBytes: 1, seed: 7 });
 * const server = new AsyncHttpServer({ network });
 * await server.listen(8080);
 * const response = await createFetch(network)("http://localhost:8080/");
 * network.conditions = {}; // from here on all is well
 * ```
 */
export class VirtualNetwork implements Network {
  readonly #clock: Clock;
  readonly #maxSockets: number;
  readonly #seed: number;
  readonly #connectTimeoutMs: number;
  readonly #addresses: Addresses;
  readonly #ports = new Ports();
  readonly #routes = new Set<Network>();
  readonly #waiting = new Set<Inbound>();
  readonly #flows = new Map<string, FlowConditions | undefined>();
  readonly #host: SocketHost;
  #conditions: Conditions;
  #weather = 0;
  #active = 0;
  #connections = 0;

  constructor(options: VirtualNetworkOptions = {}) {
    const { maxSockets, seed, names, highWaterMark, connectTimeoutMs, clock, ...conditions } = options;
    this.#clock = clock ?? systemClock;
    this.#maxSockets = maxSockets ?? Number.POSITIVE_INFINITY;
    this.#seed = seed ?? 0;
    this.#connectTimeoutMs = (connectTimeoutMs ?? DEFAULTS.connectTimeoutMs) || Number.POSITIVE_INFINITY;
    this.#addresses = new Addresses(names);
    this.#conditions = checked(conditions);
    this.#host = {
      clock: this.#clock,
      highWaterMark: highWaterMark ?? DEFAULTS.highWaterMark,
      weather: () => this.#weather,
      lineTo: (socket) => this.#lineTo(socket),
      waiting: (inbound) => void this.#waiting.add(inbound),
      settled: (inbound) => void this.#waiting.delete(inbound),
      released: (socket) => this.#released(socket),
    };
  }

  /**
   * The conditions that hold now. Setting them replaces all of them, for the connections that are open too:
   * whatever has not arrived yet travels under the new ones, as though it left at this moment.
   * @throws RangeError when a number in them is negative or none
   */
  get conditions(): Conditions {
    return this.#conditions;
  }

  set conditions(conditions: Conditions) {
    this.#conditions = checked(conditions);
    this.#flows.clear();
    this.#weather++;
    for (const inbound of [...this.#waiting]) inbound.weatherChanged();
  }

  descriptors(): { active: number; max: number | undefined } {
    const max = this.#maxSockets === Number.POSITIVE_INFINITY ? undefined : this.#maxSockets;
    return { active: this.#active, max };
  }

  /**
   * @throws NetworkError `EADDRINUSE`; `EADDRNOTAVAIL` or `ENOTFOUND` when the address is not this network's;
   * `EMFILE`; `ERR_SOCKET_BAD_PORT`.
   */
  async listen(options: ListenSpec): Promise<Listener> {
    assertPort(options.port);
    const address = this.#addresses.toBind(options);
    const binding = bindingOf(address, options.family);
    const reusePort = options.reusePort ?? false;
    const port = options.port || this.#ports.freeEphemeral("EADDRINUSE");
    this.#ports.assertFree(port, binding, reusePort);
    this.#takeDescriptor();
    const listener = new VirtualListener({
      address: { address, port, family: "virtual" },
      binding,
      backlog: options.backlog ?? DEFAULTS.backlog,
      reusePort,
      closed: () => {
        this.#ports.remove(listener);
        this.#active--;
      },
    });
    this.#ports.add(listener);
    return listener;
  }

  /**
   * @throws NetworkError `ECONNREFUSED`, `ENOTFOUND`, `ENETUNREACH`, `ETIMEDOUT`, `EMFILE`, `EADDRNOTAVAIL` (no
   * ephemeral port is free), `ERR_SOCKET_BAD_PORT`; or the signal's reason.
   */
  async connect(options: ConnectSpec): Promise<Socket> {
    const { host, port, signal } = options;
    assertPort(port);
    signal?.throwIfAborted();
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
  async receive(arrival: Arrival): Promise<Socket> {
    const { port, signal } = arrival;
    assertPort(port);
    const { listener, address } = await this.#admission(
      this.#addresses.resolve(arrival.host),
      port,
      this.#patience(signal),
    );
    let counted = false;
    const socket = arrival.socket({ address, port, family: "virtual" }, () => {
      if (counted) this.#active--;
      counted = false;
    });
    this.#offer(listener, socket, () => {
      counted = true;
    });
    return socket;
  }

  async #connectHere(addresses: readonly string[], port: number, patience: Patience): Promise<Socket> {
    this.#takeDescriptor();
    let from = 0;
    let at: { listener: VirtualListener; address: string };
    try {
      from = this.#ports.takeEphemeral();
      if (portConditions(this.#conditions, port).blackHole) await silence(patience);
      await this.#travel(port, "toServer", patience);
      at = await this.#admission(addresses, port, patience);
    } catch (error) {
      this.#active--;
      this.#ports.releaseEphemeral(from);
      throw error;
    }
    const { client, server } = VirtualSocket.pair(this.#host, {
      connection: this.#connections++,
      role: "client",
      openedAt: this.#clock.now(),
      local: { address: at.address, port: from, family: "virtual" },
      remote: { address: at.address, port, family: "virtual" },
    });
    client.holdsDescriptor = true;
    this.#offer(at.listener, server, () => {
      server.holdsDescriptor = true;
    });
    try {
      await this.#travel(port, "toClient", patience);
    } catch (error) {
      client.destroy();
      throw error;
    }
    return client;
  }

  /** A place in the backlog of whoever listens there. */
  async #admission(
    addresses: readonly string[],
    port: number,
    patience: Patience,
  ): Promise<{ listener: VirtualListener; address: string }> {
    const { refuse } = portConditions(this.#conditions, port);
    const found = refuse ? undefined : this.#ports.find(addresses, port);
    if (found) {
      const { listener } = found;
      const admitted =
        listener.admit() ?? (await patiently<boolean>(patience, (done) => listener.apply(done)));
      if (admitted) return found;
    }
    await this.#travel(port, "toClient", patience);
    throw new NetworkError("ECONNREFUSED", `Nobody listens on port ${port}`);
  }

  #offer(listener: VirtualListener, socket: Socket, counted: () => void): void {
    const { acceptDelayMs = 0 } = portConditions(this.#conditions, listener.address.port);
    const accepted = () => {
      this.#takeDescriptor();
      counted();
    };
    if (acceptDelayMs <= 0) listener.offer({ socket, accepted });
    else this.#clock.setTimeout(() => listener.offer({ socket, accepted }), acceptDelayMs);
  }

  async #connectByRoute(options: ConnectSpec): Promise<Socket | undefined> {
    for (const route of this.#routes) {
      try {
        return await route.connect(options);
      } catch (error) {
        if (!(error instanceof NetworkError && NOBODY_THERE.has(error.code))) throw error;
      }
    }
    return undefined;
  }

  /** The way of a packet without bytes. */
  async #travel(port: number, direction: Direction, patience: Patience): Promise<void> {
    const latencyMs = this.#flow(port, direction)?.latencyMs ?? 0;
    if (latencyMs > 0) await pass(patience, latencyMs);
  }

  #flow(port: number, direction: Direction): FlowConditions | undefined {
    const key = `${direction} ${port}`;
    if (!this.#flows.has(key)) this.#flows.set(key, flowConditions(this.#conditions, port, direction));
    return this.#flows.get(key);
  }

  #lineTo(socket: VirtualSocket): Line | undefined {
    const atServer = socket.role === "server";
    const { port } = atServer ? socket.localAddress : socket.remoteAddress;
    const flow = this.#flow(port, atServer ? "toServer" : "toClient");
    if (!flow) return undefined;
    const seed = deriveSeed(this.#seed, socket.connection, atServer ? 0 : 1);
    return new Line(flow, randomNumbers(seed), {
      openedAt: socket.openedAt,
      now: this.#clock.now(),
      delivered: socket.bytesRead,
    });
  }

  #patience(signal: AbortSignal | undefined): Patience {
    return { clock: this.#clock, signal, until: this.#clock.now() + this.#connectTimeoutMs };
  }

  #takeDescriptor(): void {
    if (this.#active >= this.#maxSockets) {
      throw new NetworkError("EMFILE", `All ${this.#maxSockets} sockets of the virtual network are in use`);
    }
    this.#active++;
  }

  #released(socket: VirtualSocket): void {
    if (socket.role === "client") this.#ports.releaseEphemeral(socket.localAddress.port);
    if (socket.holdsDescriptor) this.#active--;
    socket.holdsDescriptor = false;
  }
}

/** Answers after which another route may still know better. */
const NOBODY_THERE = new Set(["ECONNREFUSED", "ENOTFOUND", "ENETUNREACH"]);

function assertPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new NetworkError("ERR_SOCKET_BAD_PORT", "A port is a whole number from 0 to 65535");
}
