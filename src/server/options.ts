import type { ProtocolError } from "../http1/errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../http1/limits.ts";
import { type Clock, type Network, type Socket, type SocketAddress, systemClock } from "../socket/index.ts";
import { mergeNumbers } from "../socket/numbers.ts";
import { callable, invalidOption } from "./errors.ts";
import type { HttpRequest, UpgradedConnection } from "./types.ts";

/** How long the server waits for a peer. Milliseconds; 0 waits for ever. */
export interface Timeouts {
  /**
   * From a request's first byte (from the connection's start for the first request) to the end of its header
   * section. Then 408 and close. Default 20,000. Not extended by bytes that trickle in.
   */
  readonly headersMs: number;
  /**
   * For each 64 KiB of a request body that the callback waits for, so that a slow upload of any length lives
   * and one byte a second does not. Then 408 where no answer began, and close. Default 30,000.
   */
  readonly bodyMs: number;
  /** From the end of a response to the first byte of the next request. Then close. Default 65,000. */
  readonly keepAliveMs: number;
  /**
   * For each 128 KiB of an answer, while more waits to be taken, so that a slow download of any length lives and a
   * trickle does not. On TCP it is the kernel that takes for the client. Then reset. Default 60,000.
   */
  readonly writeStallMs: number;
  /**
   * After the last response of a connection, for the client to close its side. Then the server closes, which takes
   * back nothing that is on its way. Default 2,000.
   */
  readonly lingerMs: number;
}

/**
 * How much one peer, or all of them together, may take of the server; `Infinity` is no limit. The message's own
 * limits are those of `Limits`.
 */
export interface ServerLimits extends Limits {
  /**
   * Connections at the same time. Default 16,000, which is as many as `maxDescriptorsFallback`: idle ones hold about
   * 100 MB then. One more is answered 503 at once and closed, which holds it for `lingerMs` at the most; when
   * as many again are being told so, it is reset. On Node the process's own limit of descriptors holds too, see `NodeNetwork`.
   */
  readonly maxConnections: number;
  /**
   * Connections of one peer (an IPv4 address, an IPv6 /64) at the same time. One more is treated like one above
   * `maxConnections`. Default `Infinity`, since behind a proxy all clients have one address; where clients
   * connect by themselves 100 is plenty, as a browser opens 6.
   */
  readonly maxConnectionsPerPeer: number;
  /**
   * Bytes that are taken off the network before they are wanted: pipelined requests that wait for the answer
   * before theirs, and a body that the callback does not read. Default 65,536, one read of a socket. When more wait
   * nothing is read, so the peer sees its sending stall, and no error.
   */
  readonly maxReadAheadBytes: number;
  /**
   * Bytes that were written and wait for the peer to take them. A callback that waits for its `write`s never has
   * more than about 1 MiB; this is for one that does not, and a peer that does not read. More is a reset, and aborts
   * the request's `signal`. Default 67,108,864.
   */
  readonly maxUnsentBytes: number;
}

/**
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 *
 * const server = new AsyncHttpServer({ maxBody: 1_000_000, timeouts: { keepAliveMs: 5000 } });
 * await server.serve(8080, (request) => request.respond(200, "Hello World"));
 * ```
 */
export interface ServerOptions {
  /** What to listen on. Default: `defaultNetwork`, which is TCP on Node and the page's network in a browser. */
  network?: Network;
  /** Bind although old connections of the port linger. Default true. */
  reuseAddr?: boolean;
  /** Share the port with other processes. Default false. */
  reusePort?: boolean;
  /** Bytes of a request body, as sent. More is 413. Default 8,388,608. */
  maxBody?: number;
  /** What counts as the limit of open descriptors where the network can't tell it. Default 16,000. */
  maxDescriptorsFallback?: number;
  /** How much of a request is read before it is refused, and how many connections there may be. Default: those of `Limits` and `ServerLimits`. */
  limits?: Partial<ServerLimits>;
  /** How long peers are waited for, in milliseconds. Default: those of `Timeouts`. */
  timeouts?: Partial<Timeouts>;
  /**
   * Told of what a callback threw and of failed accepts. Peers' mistakes are not errors here. What it throws,
   * or rejects with, is dropped. Default: `console.error`.
   */
  onError?: (error: unknown, request?: HttpRequest) => void;
  /**
   * Told of a message that breaks HTTP or a limit, or that did not come in time, before it is answered with the
   * error's `status` and the connection ends. Who calls `takeOver` answers in the server's place, or not at all.
   * What it throws, or rejects with, goes to `onError`. Default: the server answers.
   */
  onClientError?: (error: ProtocolError, client: Socket, takeOver: () => UpgradedConnection) => void;
  /** Time for every wait. Default: the platform's. */
  clock?: Clock;
}

export interface ListenOptions {
  /** Address or name to bind. Default: all. */
  address?: string;
  /** Default: both where the host has both. */
  family?: "IPv4" | "IPv6";
}

export interface ServeOptions extends ListenOptions {
  /** Descriptors to keep free for each connection; -1 does not guard. Default -1. */
  assumedDescriptorsPerRequest?: number;
  /** Called once bound, with the address. Default: nobody is. */
  onListen?: (address: SocketAddress) => void;
  /** Aborting it closes the server. Default: none. */
  signal?: AbortSignal;
}

export interface CloseOptions {
  /** Milliseconds that running requests may take to finish. Default 10,000; 0 destroys at once, Infinity waits for them all. */
  graceMs?: number;
}

/** Options with every default applied. */
export interface ServerConfig {
  readonly maxBody: number;
  readonly maxDescriptorsFallback: number;
  readonly limits: ServerLimits;
  readonly timeouts: Timeouts;
  readonly onError: (error: unknown, request?: HttpRequest) => void;
  readonly onClientError: NonNullable<ServerOptions["onClientError"]>;
  readonly clock: Clock;
}

export const DEFAULT_MAX_BODY = 8_388_608;
export const DEFAULT_MAX_DESCRIPTORS = 16_000;
export const DEFAULT_GRACE_MS = 10_000;

const DEFAULT_SERVER_LIMITS: ServerLimits = Object.freeze({
  ...DEFAULT_LIMITS,
  maxConnections: DEFAULT_MAX_DESCRIPTORS,
  maxConnectionsPerPeer: Infinity,
  maxReadAheadBytes: 65_536,
  maxUnsentBytes: 67_108_864,
});

export const DEFAULT_TIMEOUTS: Timeouts = Object.freeze({
  headersMs: 20_000,
  bodyMs: 30_000,
  // Above the 60 s of the usual reverse proxies, so that it is they who close and not a race.
  keepAliveMs: 65_000,
  writeStallMs: 60_000,
  lingerMs: 2_000,
});

/** @throws UsageError `InvalidOption` */
export function resolveOptions(options: ServerOptions): ServerConfig {
  const onError = guarded(options.onError ?? ((error) => console.error(error)));
  return {
    ...mergeNumbers(
      { maxBody: DEFAULT_MAX_BODY, maxDescriptorsFallback: DEFAULT_MAX_DESCRIPTORS },
      options,
      0,
      invalidOption,
    ),
    limits: mergeNumbers(DEFAULT_SERVER_LIMITS, options.limits, 1, invalidOption),
    timeouts: mergeNumbers(DEFAULT_TIMEOUTS, options.timeouts, 0, invalidOption),
    onError,
    onClientError: guarded(options.onClientError ?? (() => {}), onError),
    clock: options.clock ?? systemClock,
  };
}

/** A handler that ends nothing by throwing, at once or later. @param told what it throws, by default nobody */
function guarded<Of extends unknown[]>(handler: (...of: Of) => void, told?: (error: unknown) => void) {
  callable(handler);
  return async (...of: Of): Promise<void> => {
    try {
      await handler(...of);
    } catch (error) {
      told?.(error);
    }
  };
}
