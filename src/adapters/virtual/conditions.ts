import type { Clock } from "../../socket/index.ts";
import { atLeast } from "../../socket/numbers.ts";

/**
 * What the weather on a virtual network is like. Every field may be left out; a network without any is
 * instant and faultless, and uses no timer.
 */

/** A pause in one direction of a connection. Bytes wait, nothing is lost. */
export type Stall =
  /** After `afterBytes` bytes of the direction, for `forMs` (default: for ever); again every so many with `repeat`. */
  | { readonly afterBytes: number; readonly forMs?: number; readonly repeat?: boolean }
  /** The last `forMs` of every `everyMs` milliseconds, counted from the opening of the connection. */
  | { readonly everyMs: number; readonly forMs: number };

/** Conditions of one direction of a connection. */
export interface FlowConditions {
  /** Milliseconds that a segment travels, one way. Default 0. Opening a connection takes two of them. */
  readonly latencyMs?: number;
  /** Up to so many milliseconds more, drawn for every segment; segments do not overtake. Default 0. `Infinity` is never. */
  readonly jitterMs?: number;
  /** Bytes a second that the line takes, for each direction of each connection. Default and 0: no limit. */
  readonly bytesPerSecond?: number;
  /**
   * The most bytes that one `onData` brings. Default and 0: whatever was written, or 10 ms worth of the
   * line's bandwidth (1460 bytes to 64 KiB) where that is limited.
   */
  readonly maxSegmentBytes?: number;
  /** Cuts segments of a size drawn from 1 to `maxSegmentBytes` (to 1460 where that is not set). Default false. */
  readonly randomSegments?: boolean;
  /** Default: none. */
  readonly stall?: Stall;
  /** Both ends get `ECONNRESET` when so many bytes of the direction were delivered. Default: never. */
  readonly resetAfterBytes?: number;
}

/** Conditions of the connections to one port. */
export interface PortConditions extends FlowConditions {
  /** `connect` rejects with `ECONNREFUSED` although somebody listens. Default false. */
  readonly refuse?: boolean;
  /** `connect` hears nothing until its signal aborts or `connectTimeoutMs` is over. Default false. */
  readonly blackHole?: boolean;
  /** Says otherwise for what clients send. Default: nothing is otherwise. */
  readonly toServer?: FlowConditions;
  /** Says otherwise for what servers send. Default: nothing is otherwise. */
  readonly toClient?: FlowConditions;
}

/** Conditions of a whole network. Of two that speak of the same field the more particular one counts. */
export interface Conditions extends PortConditions {
  /** Says otherwise for the connections to a port, by its number. Default: nothing is otherwise. */
  readonly ports?: Readonly<Record<number, PortConditions>>;
}

/** @throws RangeError when a number in them is negative or none. */
export function checked<T>(conditions: T): T {
  for (const [name, value] of Object.entries<number | boolean | object | undefined>(conditions ?? {})) {
    if (typeof value === "object") checked(value);
    else if (value !== undefined && typeof value !== "boolean") atLeast(name, value, 0, RangeError);
  }
  return conditions;
}

export type Direction = "toServer" | "toClient";

/** What holds for one direction of the connections to a port. */
export function conditionsAt(conditions: Conditions, port: number, direction: Direction): PortConditions {
  const own = conditions.ports?.[port];
  return { ...conditions, ...conditions[direction], ...own, ...own?.[direction] };
}

/** The conditions of a network as they are now, and what goes with them. */
export interface Weather {
  /** Another object after every change. */
  conditions: Conditions;
  /** Time of the last change. */
  since: number;
  readonly clock: Clock;
  readonly seed: number;
  /** Bytes that the receiver has not taken, above which `write` returns false. */
  readonly highWaterMark: number;
  /** Who has something under way, to be woken by a change. */
  readonly waiting: Set<{ awake(): void }>;
}
