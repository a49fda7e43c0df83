import type { Socket, SocketAddress } from "./socket.ts";

/** Options of `Network.listen`. */
export interface ListenSpec {
  /** 0 to 65535; 0 picks a free port. */
  readonly port: number;
  /** Address or name to bind. Default: every address of the family, dual stack where the host has it. */
  readonly address?: string | undefined;
  /** Restricts the bind to one family. Default: both where `address` leaves it open. */
  readonly family?: "IPv4" | "IPv6" | undefined;
  /** Bind although old connections of the port linger. Default true. */
  readonly reuseAddr?: boolean;
  /** Share the port with other listeners, the kernel spreads connections. Default false. */
  readonly reusePort?: boolean;
  /** Connections that may wait to be accepted. Default: the adapter's. */
  readonly backlog?: number;
}

/** Options of `Network.connect`. */
export interface ConnectSpec {
  /** Name or address. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** Gives up: `connect` rejects with the signal's reason. After it resolved the signal has no effect. Default: none. */
  readonly signal?: AbortSignal;
}

/** A bound, listening endpoint. */
export interface Listener {
  /** The bound address, with the port that was picked. */
  readonly address: SocketAddress;
  /**
   * The next connection, in order of arrival. Several calls may wait at once.
   * @throws NetworkError once closed (`code` `ERR_LISTENER_CLOSED`, for waiting calls too), or with the
   * cause of a failed accept (`EMFILE`), after which the listener goes on.
   */
  accept(): Promise<Socket>;
  /** Stops listening; connections that nobody accepted are reset. Accepted ones live on. Idempotent. */
  close(): Promise<void>;
}

/** Makes connections: what a machine's TCP is to a program. */
export interface Network {
  /** @throws NetworkError with `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, ... */
  listen(options: ListenSpec): Promise<Listener>;
  /** @throws NetworkError with `ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT`, `EMFILE`, ... */
  connect(options: ConnectSpec): Promise<Socket>;
  /**
   * Descriptors (sockets) in use and the most there may be, `undefined` where that can't be known.
   * Called before every accept: it has to cost next to nothing.
   */
  descriptors(): { active: number; max: number | undefined };
}

/** The network. @throws TypeError for what is none, which would be told as a method that is missing, and much later */
export function connectable<T extends Pick<Network, "connect">>(network: T): T {
  if (!network.connect) throw TypeError("wanted a network");
  return network;
}
