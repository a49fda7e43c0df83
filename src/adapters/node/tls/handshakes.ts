import type { Socket as NetSocket, Server } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Descriptors } from "../descriptors.ts";
import type { Identities } from "./identities.ts";

/**
 * Handshakes that may be under way at once on one listener; a further one resets the oldest. About 60 MB at
 * worst, and twice what a busy core finishes in a second.
 */
const MOST_AT_ONCE = 2048;

/** A secure connection, and the TCP or Unix socket beneath it. */
type Done = (tls: TLSSocket, beneath: NetSocket) => void;

/**
 * The server's half of every handshake of one listener.
 *
 * Strategy: a connection belongs to this class from its arrival to the end of its handshake, and nobody above
 * hears of it before. One that fails (plain HTTP, no common protocol, an unknown certificate, a client that
 * goes) is closed by Node after its alert, and that is all: what goes wrong here is one peer's affair. One that takes
 * too long, or that is the oldest of too many, is reset.
 */
export class Handshakes {
  readonly #server: Server;
  readonly #identities: Identities;
  readonly #descriptors: Descriptors;
  readonly #mostAtOnce: number;
  readonly #underWay = new Map<NetSocket, ReturnType<typeof setTimeout> | undefined>();

  /**
   * @param server a `tls.Server`
   * @param done called with every connection, paused, once it is secure; it has to listen to errors
   */
  constructor(
    server: Server,
    identities: Identities,
    descriptors: Descriptors,
    done: Done,
    mostAtOnce: number = MOST_AT_ONCE,
  ) {
    this.#server = server;
    this.#mostAtOnce = mostAtOnce;
    this.#identities = identities;
    this.#descriptors = descriptors;
    server.on("connection", (net) => this.#begin(net));
    // Node closes it by itself, but not where the error came together with the end of the handshake.
    server.on("tlsClientError", (_error: Error, tls: TLSSocket) => tls.destroy());
    server.on("secureConnection", (tls: TLSSocket) => {
      const net = beneath(tls);
      tls.allowHalfOpen = true;
      // TLS 1.2's: a client could come back as another one, whose certificate Node has told `authorized` of before.
      tls.disableRenegotiation();
      this.#end(net);
      done(tls, net);
    });
  }

  /** Resets what is under way. */
  close(): void {
    this.#identities.forget(this.#server);
    for (const net of [...this.#underWay.keys()]) net.resetAndDestroy();
  }

  #begin(net: NetSocket): void {
    if (this.#descriptors.short) {
      net.destroy();
      return;
    }
    if (this.#underWay.size >= this.#mostAtOnce) this.#resetOldest();
    const ms = this.#identities.handshakeTimeoutMs;
    // Not Node's own `handshakeTimeout`: every byte that comes would start that one again.
    const timer = ms > 0 ? setTimeout(() => net.resetAndDestroy(), ms).unref() : undefined;
    this.#underWay.set(net, timer);
    this.#descriptors.opened();
    net.once("close", () => this.#end(net));
  }

  #end(net: NetSocket): void {
    clearTimeout(this.#underWay.get(net));
    if (this.#underWay.delete(net)) this.#descriptors.closed();
  }

  #resetOldest(): void {
    const [oldest] = this.#underWay.keys();
    oldest?.resetAndDestroy();
  }
}

/** Node has no public name for it, and a TLS socket can't be reset; without it, it is closed in order instead. */
function beneath(tls: TLSSocket): NetSocket {
  return (tls as TLSSocket & { readonly _parent?: NetSocket })._parent ?? tls;
}
