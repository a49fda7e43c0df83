import type { Clock, Socket, SocketAddress } from "../../socket/index.ts";
import type { Conditions } from "./conditions.ts";

/** Options of a `VirtualNetwork`. The conditions among them can be changed later, the others can't. */
export interface VirtualNetworkOptions extends Conditions {
  /** The most sockets there may be, listeners counted; more fail with `EMFILE`. Default: no limit. */
  readonly maxSockets?: number;
  /** Decides everything that is random: jitter and segment sizes. Same seed, same run. Default 0. */
  readonly seed?: number;
  /**
   * Names of this network besides `localhost`: a list for `127.0.0.1`, or each with an IPv4 or IPv6 address,
   * which then is the network's too. Default: none.
   */
  readonly names?: readonly string[] | Readonly<Record<string, string>>;
  /** Bytes that the receiver has not taken above which `write` returns false. Default 262,144. */
  readonly highWaterMark?: number;
  /**
   * Milliseconds until a `connect` that nobody answers fails with `ETIMEDOUT`. Default 127,000, the patience of
   * a Linux machine; 0 is for ever.
   */
  readonly connectTimeoutMs?: number;
  /** Default: the platform's time. */
  readonly clock?: Clock;
}

/** A connection from outside a virtual network to one of its ports. */
export interface Arrival {
  readonly host: string;
  readonly port: number;
  readonly signal?: AbortSignal;
  /** Makes the server's end, at `local`. It calls `closed` when it is gone. */
  socket(local: SocketAddress, closed: () => void): Socket;
}

/** About what a kernel holds for one direction of a connection. */
export const DEFAULT_HIGH_WATER_MARK = 262_144;
/** Six SYNs, each after twice the time of the one before. */
export const DEFAULT_CONNECT_TIMEOUT_MS = 127_000;
/** The ports that RFC 6335 section 6 sets aside for whoever does not care which one it gets. */
export const FIRST_EPHEMERAL = 49_152;
export const EPHEMERALS = 16_384;
