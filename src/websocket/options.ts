import { type Clock, systemClock } from "../socket/index.ts";
import { atLeast } from "../socket/numbers.ts";
import type { Role } from "./frame-header.ts";
import type { LinkOptions } from "./link.ts";

/** Limits and times of a connection, for either side. */
export interface WebSocketLimits {
  /** Bytes of a message, uncompressed, at most; a longer one closes with 1009. Default 16 MiB (16_777_216). */
  readonly maxMessageBytes?: number;
  /** Bytes of one frame's payload on the wire, at most. Default: `maxMessageBytes` and what DEFLATE may add. */
  readonly maxFrameBytes?: number;
  /** Milliseconds that the closing handshake may take before the connection is dropped. Default 10_000. */
  readonly closeTimeoutMs?: number;
  /** Milliseconds of silence from the peer before it is pinged. Default 0: never. */
  readonly pingIntervalMs?: number;
  /** Milliseconds that a pinged peer has to send anything before the connection is dropped. Default 20_000. */
  readonly pongTimeoutMs?: number;
  /**
   * Bytes that may wait for a peer that reads too slowly: to send more while more than these wait drops the connection
   * (`close` with 1006). Default: 64 MiB (67_108_864) for a server's side, no limit for a client's. Who
   * looks at `bufferedAmount` before sending never meets it.
   */
  readonly maxUnsentBytes?: number;
  /**
   * Milliseconds in which a peer has to take 128 KiB of what waits for it, or all of it, before the connection is
   * dropped (`close` with 1006); 0 for never. Default: 60_000 for a server's side, 0 for a client's.
   */
  readonly sendTimeoutMs?: number;
  /** Time source. Default: the platform's. */
  readonly clock?: Clock;
}

export interface WebSocketConnectionOptions extends WebSocketLimits {
  /** Which side this is: a client masks its frames, a server wants masked ones. */
  readonly role: Role;
  /** What `url` says. Default empty. */
  readonly url?: string;
  /** What `protocol` says: the subprotocol that was agreed on. Default empty. */
  readonly protocol?: string;
  /** What `extensions` says. Default empty. */
  readonly extensions?: string;
  /** What the `origin` of a `message` event says. Default empty. */
  readonly messageOrigin?: string;
  /** The negotiated compression. Default none. */
  readonly codec?: LinkOptions["codec"];
  /** Messages below this many bytes are not compressed. Default 1024. */
  readonly deflateFromBytes?: number;
}

const DEFAULTS = Object.freeze({
  maxMessageBytes: 16_777_216,
  closeTimeoutMs: 10_000,
  pingIntervalMs: 0,
  pongTimeoutMs: 20_000,
  deflateFromBytes: 1024,
});

/** What a peer that does not read is allowed: a server has many of them, which it did not choose. */
const SEND_DEFAULTS = Object.freeze({
  server: { maxUnsentBytes: 67_108_864, sendTimeoutMs: 60_000 },
  client: { maxUnsentBytes: Infinity, sendTimeoutMs: 0 },
});

const NUMBERS = [
  "maxMessageBytes",
  "maxFrameBytes",
  "closeTimeoutMs",
  "pingIntervalMs",
  "pongTimeoutMs",
  "maxUnsentBytes",
  "sendTimeoutMs",
] as const;

/** @throws RangeError where one is negative or no number: a limit of `NaN` would be none */
export function checkLimits(limits: WebSocketLimits): void {
  for (const name of NUMBERS) atLeast(name, limits[name] ?? 0, 0, RangeError);
}

/** Every option with its value. */
export function linkOptions(options: WebSocketConnectionOptions): LinkOptions {
  const maxMessageBytes = options.maxMessageBytes ?? DEFAULTS.maxMessageBytes;
  const sending = SEND_DEFAULTS[options.role];
  return {
    role: options.role,
    maxMessageBytes,
    // DEFLATE makes what can't be compressed longer: five bytes for each 16 KB and a few at the end.
    maxFrameBytes: options.maxFrameBytes ?? maxMessageBytes + Math.ceil(maxMessageBytes / 1024) + 64,
    closeTimeoutMs: options.closeTimeoutMs ?? DEFAULTS.closeTimeoutMs,
    pingIntervalMs: options.pingIntervalMs ?? DEFAULTS.pingIntervalMs,
    pongTimeoutMs: options.pongTimeoutMs ?? DEFAULTS.pongTimeoutMs,
    maxUnsentBytes: options.maxUnsentBytes ?? sending.maxUnsentBytes,
    sendTimeoutMs: options.sendTimeoutMs ?? sending.sendTimeoutMs,
    clock: options.clock ?? systemClock,
    deflateFromBytes: options.deflateFromBytes ?? DEFAULTS.deflateFromBytes,
    codec: options.codec,
  };
}
