import { type Clock, systemClock } from "./clock.ts";
import { type ConnectSpec, connectable, type Listener, type ListenSpec, type Network } from "./network.ts";
import type { Socket, SocketAddress, SocketEvents } from "./socket.ts";
import { utf8 } from "./utf8.ts";

/** What every event of a tap has. */
interface Stamp {
  /** 1, 2, 3, ...: the order in which things happened, for events of the same millisecond too. */
  readonly sequence: number;
  /** Milliseconds of the tap's clock. */
  readonly time: number;
}

/** Which end of which connection an event is about. */
interface AtEnd {
  /** 1, 2, 3, ...: both ends of one connection have the same, when both belong to the tapped network. */
  readonly connection: number;
  /** The end that saw it: the client's opened the connection, the server's was accepted. */
  readonly end: "client" | "server";
}

/** One thing that happened on a tapped network. */
export type TapEvent =
  | (Stamp & { readonly type: "listen" | "unlisten"; readonly address: SocketAddress })
  /** A `connect` was called. Its outcome, `open` or `failed`, has the same `attempt`. */
  | (Stamp & {
      readonly type: "connect";
      readonly attempt: number;
      readonly host: string;
      readonly port: number;
    })
  /** A `connect` or, without an `attempt`, a `listen` or an `accept` was rejected. */
  | (Stamp & { readonly type: "failed"; readonly attempt?: number; readonly error: unknown })
  | (Stamp &
      AtEnd & {
        readonly type: "open";
        readonly local: SocketAddress;
        readonly remote: SocketAddress;
        readonly attempt?: number;
      })
  /** Bytes were written to the socket, or delivered by it. */
  | (Stamp &
      AtEnd & {
        readonly type: "sent" | "received";
        /** The very bytes, not a copy: not to be changed, and to be copied by who wants them later. */
        readonly bytes: Uint8Array;
        /** Bytes of this direction that went before. */
        readonly offset: number;
      })
  /** A half-close was asked for, or came from the peer. */
  | (Stamp & AtEnd & { readonly type: "end-sent" | "end-received" })
  /** `destroy` was called: the peer sees a reset. */
  | (Stamp & AtEnd & { readonly type: "destroy"; readonly error: Error | undefined })
  /** The end is gone: reset by the peer where there is an error, and it was not destroyed here. */
  | (Stamp & AtEnd & { readonly type: "close"; readonly error: Error | undefined });

/** An event without its stamp, for each type of event. */
type Unstamped<E> = E extends Stamp ? Omit<E, keyof Stamp> : never;

export interface TapOptions {
  /** Gives the events their times. Default: the platform's. */
  readonly clock?: Clock;
}

/**
 * Wraps a network so that `observer` is told of everything that happens on it, as it happens. No byte is
 * copied. An observer that throws is not listened to in that, and hurts nothing.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch, tapNetwork, VirtualNetwork } from "portico";
 *
 * const lines: string[] = [];
 * const network = tapNetwork(new VirtualNetwork(), (event) => {
 *   if (event.type === "sent") lines.push(`${event.end}: ${new TextDecoder().decode(event.bytes).split("\r\n")[0]}`);
 * });
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(200, "Hello"));
 * await createFetch(network)("http://localhost:8080/");
 * lines; // ["client: GET / HTTP/1.1", "server: HTTP/1.1 200 OK"]
 * ```
 */
export function tapNetwork(
  network: Network,
  observer: (event: TapEvent) => void,
  { clock = systemClock }: TapOptions = {},
): Network {
  if (typeof observer !== "function") throw new TypeError("wanted a function that takes events");
  return new TappedNetwork(connectable(network), new Tap(observer, clock));
}

/** Numbers and stamps what the taps see. */
class Tap {
  readonly #observer: (event: TapEvent) => void;
  readonly #clock: Clock;
  /** Ends whose other end was not seen yet, by the addresses of both. */
  readonly #alone = new Map<string, { connection: number; end: "client" | "server" }>();
  #events = 0;
  #connections = 0;
  #attempts = 0;

  constructor(observer: (event: TapEvent) => void, clock: Clock) {
    this.#observer = observer;
    this.#clock = clock;
  }

  nextAttempt(): number {
    return ++this.#attempts;
  }

  report(event: Unstamped<TapEvent>): void {
    try {
      this.#observer({ sequence: ++this.#events, time: this.#clock.now(), ...event });
    } catch {
      // what an observer can't bear is its own affair
    }
  }

  /** The number of the connection that a new end belongs to. */
  connectionOf(socket: Socket, end: "client" | "server"): number {
    const key = addressesOf(socket, end);
    const other = key === undefined ? undefined : this.#alone.get(key);
    if (key !== undefined && other && other.end !== end) {
      this.#alone.delete(key);
      return other.connection;
    }
    const connection = ++this.#connections;
    if (key !== undefined) this.#alone.set(key, { connection, end });
    return connection;
  }

  /** The end is gone: what comes with the same addresses is another connection. */
  forget(socket: Socket, end: "client" | "server", connection: number): void {
    const key = addressesOf(socket, end);
    if (key !== undefined && this.#alone.get(key)?.connection === connection) this.#alone.delete(key);
  }
}

/** The same for both ends of a connection, `undefined` where one has no port to tell it by. */
function addressesOf({ localAddress, remoteAddress }: Socket, end: "client" | "server"): string | undefined {
  const [client, server] = end === "client" ? [localAddress, remoteAddress] : [remoteAddress, localAddress];
  if (client.port === 0 || server.port === 0) return undefined;
  return `${client.address} ${client.port} ${server.address} ${server.port}`;
}

class TappedNetwork implements Network {
  readonly #network: Network;
  readonly #tap: Tap;

  constructor(network: Network, tap: Tap) {
    this.#network = network;
    this.#tap = tap;
  }

  async listen(options: ListenSpec): Promise<Listener> {
    const listener = await this.#network.listen(options).catch((error: unknown) => this.#fail(error));
    this.#tap.report({ type: "listen", address: listener.address });
    let open = true;
    return {
      address: listener.address,
      accept: async () => {
        const socket = await listener.accept().catch((error: unknown) => this.#fail(error));
        return new TappedSocket(socket, "server", this.#tap);
      },
      close: () => {
        if (open) this.#tap.report({ type: "unlisten", address: listener.address });
        open = false;
        return listener.close();
      },
    };
  }

  async connect(options: ConnectSpec): Promise<Socket> {
    const attempt = this.#tap.nextAttempt();
    this.#tap.report({ type: "connect", attempt, host: options.host, port: options.port });
    const socket = await this.#network
      .connect(options)
      .catch((error: unknown) => this.#fail(error, { attempt }));
    return new TappedSocket(socket, "client", this.#tap, { attempt });
  }

  descriptors(): { active: number; max: number | undefined } {
    return this.#network.descriptors();
  }

  #fail(error: unknown, attempt?: { attempt: number }): never {
    this.#tap.report({ type: "failed", error, ...attempt });
    throw error;
  }
}

class TappedSocket implements Socket {
  readonly #socket: Socket;
  readonly #tap: Tap;
  readonly #at: AtEnd;
  #sent = 0;
  #received = 0;
  #writing: "open" | "ended" = "open";
  #life: "live" | "destroyed" = "live";

  constructor(socket: Socket, end: "client" | "server", tap: Tap, attempt?: { attempt: number }) {
    this.#socket = socket;
    this.#tap = tap;
    this.#at = { connection: tap.connectionOf(socket, end), end };
    const { localAddress: local, remoteAddress: remote } = socket;
    tap.report({ ...this.#at, type: "open", local, remote, ...attempt });
  }

  get localAddress(): SocketAddress {
    return this.#socket.localAddress;
  }

  get remoteAddress(): SocketAddress {
    return this.#socket.remoteAddress;
  }

  get secure(): boolean {
    return this.#socket.secure === true;
  }

  get bytesTaken(): number | undefined {
    return this.#socket.bytesTaken;
  }

  open(events: SocketEvents): void {
    this.#socket.open({
      get borrows() {
        return events.borrows === true;
      },
      onData: (bytes) => {
        this.#tap.report({ ...this.#at, type: "received", bytes, offset: this.#received });
        this.#received += bytes.byteLength;
        events.onData(bytes);
      },
      onEnd: () => {
        this.#tap.report({ ...this.#at, type: "end-received" });
        events.onEnd();
      },
      onDrain: () => events.onDrain(),
      onClose: (error) => {
        this.#life = "destroyed";
        this.#tap.forget(this.#socket, this.#at.end, this.#at.connection);
        this.#tap.report({ ...this.#at, type: "close", error });
        events.onClose(error);
      },
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  write(data: Uint8Array | string, given = false): boolean {
    if (this.#life === "destroyed" || this.#writing === "ended") return this.#socket.write(data, given);
    const bytes = typeof data === "string" ? utf8.encode(data) : data;
    if (bytes.byteLength > 0) this.#tap.report({ ...this.#at, type: "sent", bytes, offset: this.#sent });
    this.#sent += bytes.byteLength;
    return this.#socket.write(bytes, given || bytes !== data);
  }

  end(): void {
    if (this.#life === "live" && this.#writing === "open") {
      this.#writing = "ended";
      this.#tap.report({ ...this.#at, type: "end-sent" });
    }
    this.#socket.end();
  }

  unref(): void {
    this.#socket.unref?.();
  }

  ref(): void {
    this.#socket.ref?.();
  }

  destroy(error?: Error): void {
    if (this.#life === "live") {
      this.#life = "destroyed";
      this.#tap.report({ ...this.#at, type: "destroy", error });
    }
    this.#socket.destroy(error);
  }
}
