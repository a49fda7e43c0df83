import type { SocketAddress } from "../socket/index.ts";
import type { ServerLimits } from "./options.ts";

/** Holds how many connections each peer has, where that is limited. */
export class Admission {
  readonly #limits: ServerLimits;
  readonly #counts = new Map<string, number>();

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  /**
   * One more connection.
   * @param all how many there are, this one included
   * @returns how much of what there may be there is: above 1 is too many
   */
  enter(address: SocketAddress, all: number): number {
    const { maxConnections, maxConnectionsPerPeer } = this.#limits;
    return Math.max(all / maxConnections, this.#count(address, 1) / maxConnectionsPerPeer);
  }

  leave(address: SocketAddress): void {
    this.#count(address, -1);
  }

  #count({ address }: SocketAddress, change: number): number {
    if (this.#limits.maxConnectionsPerPeer === Infinity) return 0;
    const peer = peerOf(address);
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
