import {
  type Clock,
  type ConnectSpec,
  type Listener,
  type ListenSpec,
  type Network,
  NetworkError,
  type Socket,
  type SocketAddress,
  systemClock,
} from "../../socket/index.ts";
import { checkPort } from "../checked-spec.ts";
import { patiently } from "../virtual/connecting.ts";
import { VirtualNetwork } from "../virtual/network.ts";
import { Channel } from "./channel.ts";
import type { Message, PortLike } from "./protocol.ts";
import { MessagePortSocket, type SocketSetup } from "./socket.ts";
import { splice } from "./splice.ts";

/** Options of a `MessagePortNetwork`, and of `linkNetworks`. */
export interface MessagePortNetworkOptions {
  /** What the other side reaches. Default: a virtual network of the link's own. */
  readonly network?: Network;
  /** Milliseconds until a `connect` that is not answered fails with `ETIMEDOUT`. Default 30,000; 0 is never. */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds between two pings, three of which (twelve before its hello) may stay unanswered before the
   * other side counts as gone. Default 5000; 0 is never.
   */
  readonly heartbeatMs?: number;
  /** Of each socket: bytes that could not be posted yet, above which `write` returns false. Default 65,536. */
  readonly highWaterMark?: number;
  /** Default: the platform's time. */
  readonly clock?: Clock;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 30_000;
const DEFAULT_HEARTBEAT_MS = 5000;
const FIRST_EPHEMERAL = 49_152;
const EPHEMERALS = 16_384;
const LOOPBACK = "127.0.0.1";

/**
 * The two ends of a MessagePort as a network: `connect` here reaches who listens on the other side, be it a page,
 * an iframe, a worker or a service worker; `listen` is for the other side to reach. Each connection has a
 * MessagePort of its own, which the browser carries without a detour over this one.
 *
 * When the other side closes, vanishes or speaks another version, every connection is reset, `closed` resolves,
 * and `connect` rejects with `ENETUNREACH`.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch } from "portico";
 * import { MessagePortNetwork } from "portico/virtual";
 *
 * const { port1, port2 } = new MessageChannel();
 * // In a worker that got port2:
 * const server = new AsyncHttpServer({ network: new MessagePortNetwork(port2) });
 * void server.serve(8080, (request) => request.respond(200, "Hello"));
 * // In the page:
 * const link = new MessagePortNetwork(port1);
 * const response = await createFetch(link)("http://localhost:8080/");
 * await response.text(); // "Hello"
 * link.close();
 * ```
 */
export class MessagePortNetwork implements Network {
  /** Resolves when the link is over, with the reason where it was not `close`. */
  readonly closed: Promise<NetworkError | undefined>;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #connectTimeoutMs: number;
  readonly #highWaterMark: number | undefined;
  readonly #channel: Channel;
  readonly #sockets = new Set<MessagePortSocket>();
  readonly #over = new AbortController();
  #lastPort = 0;
  #dialled = 0;
  #close: (reason: NetworkError | undefined) => void = () => {};

  constructor(port: PortLike, options: MessagePortNetworkOptions = {}) {
    this.#network = options.network ?? new VirtualNetwork();
    this.#clock = options.clock ?? systemClock;
    this.#connectTimeoutMs =
      (options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS) || Number.POSITIVE_INFINITY;
    this.#highWaterMark = options.highWaterMark;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.#channel = new Channel(
      port,
      "link",
      {
        onHello: () => {},
        onMessage: (message) => this.#onMessage(message),
        onFailure: (error) => this.#end(error),
      },
      { clock: this.#clock, heartbeatMs: options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS },
    );
  }

  /** Listens on `options.network`, where the other side connects to. */
  listen(options: ListenSpec): Promise<Listener> {
    return this.#network.listen(options);
  }

  /**
   * Connects to a port of the other side.
   * @throws NetworkError with the code of the other side's `connect`; `ENETUNREACH` when the link is over;
   * `ETIMEDOUT`.
   */
  async connect({ host, port, signal }: ConnectSpec): Promise<Socket> {
    checkPort(port);
    signal?.throwIfAborted();
    if (port === 0) throw new NetworkError("ECONNREFUSED", "Nobody listens on port 0");
    const until = this.#clock.now() + this.#connectTimeoutMs;
    const socket = await patiently<MessagePortSocket | NetworkError>(
      { clock: this.#clock, signal, until },
      (done) => this.#dial(host, port, done),
    );
    if (socket instanceof NetworkError) throw socket;
    return socket;
  }

  /** The sockets that were connected from here, and those of `options.network`. */
  descriptors(): { active: number; max: number | undefined } {
    const { active, max } = this.#network.descriptors();
    return { active: active + this.#dialled, max };
  }

  /** Ends the link: every connection over it is reset. Idempotent. */
  close(): void {
    if (this.#over.signal.aborted) return;
    this.#channel.close("ECONNRESET");
    this.#end(undefined);
  }

  /** Asks the other side for a connection. @returns what calls it off. */
  #dial(host: string, port: number, done: (result: MessagePortSocket | NetworkError) => void): () => void {
    if (this.#over.signal.aborted) {
      done(new NetworkError("ENETUNREACH", "The link to the other side is over"));
      return () => {};
    }
    const { port1, port2 } = new MessageChannel();
    this.#lastPort = (this.#lastPort + 1) % EPHEMERALS;
    const from = FIRST_EPHEMERAL + this.#lastPort;
    this.#dialled++;
    const socket = this.#socket(port1, {
      localAddress: { address: LOOPBACK, port: from, family: "virtual" },
      remoteAddress: { address: host, port, family: "virtual" },
      onHello: () => done(socket),
      onGone: (error) => {
        this.#dialled--;
        done(
          error instanceof NetworkError ? error : new NetworkError("ECONNRESET", "The connection was reset"),
        );
      },
    });
    this.#channel.post(["connect", host, port, from, port2], [port2]);
    return () => socket.destroy();
  }

  #onMessage(message: Message): void {
    if (message.type === "connect") void this.#answer(message);
    else this.#channel.fail("EPROTO", "The other side of the link spoke out of turn");
  }

  /** Connects to what the other side asked for, or says why not. */
  async #answer({ host, port, from, socket }: Message & { type: "connect" }): Promise<void> {
    const remoteAddress: SocketAddress = { address: LOOPBACK, port: from, family: "virtual" };
    const { signal } = this.#over;
    try {
      if (this.#network instanceof VirtualNetwork) {
        await this.#network.receive({
          host,
          port,
          signal,
          socket: (localAddress, closed) =>
            this.#socket(socket, {
              localAddress,
              remoteAddress,
              address: localAddress.address,
              onGone: closed,
            }),
        });
        return;
      }
      const near = await this.#network.connect({ host, port, signal });
      const { address } = near.remoteAddress;
      splice(near, this.#socket(socket, { localAddress: near.remoteAddress, remoteAddress, address }));
    } catch (error) {
      refuse(socket, error instanceof NetworkError ? error.code : "ECONNREFUSED");
    }
  }

  #socket(port: PortLike, setup: SocketSetup): MessagePortSocket {
    const socket: MessagePortSocket = new MessagePortSocket(port, {
      ...setup,
      ...(this.#highWaterMark !== undefined && { highWaterMark: this.#highWaterMark }),
      clock: this.#clock,
      heartbeatMs: 0, // the link's own heart beats for all
      onGone: (error) => {
        this.#sockets.delete(socket);
        setup.onGone?.(error);
      },
    });
    this.#sockets.add(socket);
    return socket;
  }

  #end(reason: NetworkError | undefined): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(reason ?? new NetworkError("ECONNRESET", "The link was closed"));
    for (const socket of [...this.#sockets]) socket.fail(this.#over.signal.reason);
    this.#close(reason);
  }
}

function refuse(port: PortLike, code: string): void {
  port.postMessage(["reset", code], []);
  port.close();
}

/**
 * Joins a virtual network to one on the other side of a MessagePort: `connect` here reaches, besides what listens
 * here, every port of the other side, and the other way round when that side does the same.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch } from "portico";
 * import { linkNetworks, VirtualNetwork } from "portico/virtual";
 *
 * const { port1, port2 } = new MessageChannel();
 * // In a worker that got port2:
 * const inWorker = new VirtualNetwork();
 * linkNetworks(inWorker, port2);
 * void new AsyncHttpServer({ network: inWorker }).serve(8080, (request) => request.respond(200, "Hello"));
 * // In the page:
 * const network = new VirtualNetwork();
 * const link = linkNetworks(network, port1);
 * const response = await createFetch(network)("http://localhost:8080/");
 * await response.text(); // "Hello"
 * link.close();
 * ```
 */
export function linkNetworks(
  network: VirtualNetwork,
  port: PortLike,
  options: Omit<MessagePortNetworkOptions, "network"> = {},
): MessagePortNetwork {
  const link = new MessagePortNetwork(port, { ...options, network });
  const removeRoute = network.addRoute(link);
  void link.closed.then(removeRoute);
  return link;
}
