import type { Socket } from "../socket/index.ts";
import type { ServerLimits } from "./options.ts";

type Addressed = Pick<Socket, "remoteAddress">;

/** Holds how many connections each peer has, where that is limited. */
export class Admission {
  readonly #limits: ServerLimits;
  readonly #counts = new Map<string, number>();

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  /**
   * One more connection.
   * @param socket asked for its address only where connections of one peer are limited
   * @param all how many there are, this one included
   * @returns how much of what there may be there is: above 1 is too many
   */
  enter(socket: Addressed, all: number): number {
    const { maxConnections, maxConnectionsPerPeer } = this.#limits;
    return Math.max(all / maxConnections, this.#count(socket, 1) / maxConnectionsPerPeer);
  }

  leave(socket: Addressed): void {
    this.#count(socket, -1);
  }

  #count(socket: Addressed, change: number): number {
    if (this.#limits.maxConnectionsPerPeer === Infinity) return 0;
    const peer = peerOf(socket.remoteAddress.address);
    const count = (this.#counts.get(peer) ?? 0) + change;
    if (count > 0) this.#counts.set(peer, count);
    else this.#counts.delete(peer);
    return count;
  }
}

/**
 * Who an address is of: all of it, or of an IPv6 one the /64 that is a customer's (RFC 6177 section 2), without
 * zeros at its end, which can be written in two ways.
 */
function peerOf(address: string): string {
  const [left = ""] = address.split("::");
  return left
    .split(":", 4)
    .join(":")
    .replace(/(:0)+$/, "");
}
