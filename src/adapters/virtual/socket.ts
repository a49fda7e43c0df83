import { NetworkError, type Socket, type SocketAddress, type SocketEvents } from "../../socket/index.ts";
import { Inbound, type InboundHost, type Owner } from "./inbound.ts";
import type { Line } from "./line.ts";
import { chunk } from "./queue.ts";
import { reportUncaught, turns } from "./turns.ts";

/** What a socket asks of its network. */
export interface SocketHost extends InboundHost {
  /** Bytes that the peer has not taken, above which `write` returns false. */
  readonly highWaterMark: number;
  /** The conditions under which `socket` receives from now on, `undefined` without any. */
  lineTo(socket: VirtualSocket): Line | undefined;
  /** The socket is gone. */
  released(socket: VirtualSocket): void;
}

/** Which end of which connection a socket is. */
export interface End {
  readonly connection: number;
  readonly role: "client" | "server";
  /** Time of the clock. */
  readonly openedAt: number;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
}

/** Blocks delivered in one turn, so that a peer that answers from inside `onData` can't hold the loop. */
const BLOCKS_A_TURN = 32;

/**
 * One end of a connection. The peer's writes go straight into its inbound direction; it takes them out when it
 * has a turn, is open and is not paused. Every event is delivered from `run`, so none from inside a call.
 */
export class VirtualSocket implements Socket, Owner {
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  /** Which connection of the network this is, from 0. */
  readonly connection: number;
  readonly role: "client" | "server";
  readonly openedAt: number;
  /** The network's note that this end counts against its limit. */
  holdsDescriptor = false;
  readonly #host: SocketHost;
  readonly #inbound: Inbound;
  #peer!: VirtualSocket;
  #events: SocketEvents | undefined;
  #life: "live" | "closing" | "closed" = "live";
  #error: Error | undefined;
  #reading: "open" | "ended" = "open";
  #writing: "open" | "ended" = "open";
  #drain: "unneeded" | "owed" | "due" = "unneeded";
  #paused = false;
  #asked = false;
  #bytesWritten = 0;

  private constructor(host: SocketHost, end: End) {
    this.#host = host;
    this.connection = end.connection;
    this.role = end.role;
    this.openedAt = end.openedAt;
    this.localAddress = end.local;
    this.remoteAddress = end.remote;
    this.#inbound = new Inbound(host, this);
  }

  /** Two ends of one connection. */
  static pair(host: SocketHost, end: End): { client: VirtualSocket; server: VirtualSocket } {
    const client = new VirtualSocket(host, end);
    const server = new VirtualSocket(host, { ...end, role: "server", local: end.remote, remote: end.local });
    client.#peer = server;
    server.#peer = client;
    return { client, server };
  }

  /** Bytes that `onData` got. */
  get bytesRead(): number {
    return this.#inbound.bytesRead;
  }

  /** Bytes that `write` took. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  open(events: SocketEvents): void {
    if (this.#events) throw new TypeError("The socket is open: it has one consumer");
    this.#events = events;
    this.#ask();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#inbound.pending) this.#ask();
  }

  write(data: Uint8Array | string, given = false): boolean {
    if (this.#life !== "live" || this.#writing === "ended") return false;
    const peer = this.#peer;
    const added = chunk(data, given, peer.#inbound.writtenAt());
    this.#bytesWritten += added.size;
    if (peer.#life !== "live") return true;
    peer.#inbound.push(added);
    peer.#wake();
    if (peer.#inbound.bytes <= this.#host.highWaterMark) return true;
    if (this.#drain === "unneeded") this.#drain = "owed";
    return false;
  }

  end(): void {
    if (this.#life !== "live" || this.#writing === "ended") return;
    this.#writing = "ended";
    this.#peer.#finish("end");
    if (this.#reading === "ended") this.#close();
  }

  destroy(error?: Error): void {
    if (this.#life !== "live") return;
    this.#peer.#finish("reset");
    this.#close(error);
  }

  line(): Line | undefined {
    return this.#host.lineTo(this);
  }

  arrived(): void {
    turns.rested();
    this.#ask();
  }

  /** A turn: everything that is due, in the order of the contract. */
  run(): void {
    this.#asked = false;
    try {
      this.#deliver();
    } catch (error) {
      reportUncaught(error);
      this.#ask();
    }
  }

  #finish(how: "end" | "reset"): void {
    if (this.#life !== "live") return;
    this.#inbound.finish(how);
    this.#wake();
  }

  /** Something may be due: asks for a turn, if there is anybody to take it and no timer to wait for. */
  #wake(): void {
    const wanted = (this.#events && !this.#paused) || this.#inbound.resetComes;
    if (wanted && this.#inbound.pending) this.#ask();
  }

  /** Asks for a turn, unless one is coming. */
  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    turns.ask(this);
  }

  #deliver(): void {
    const events = this.#events;
    if (this.#drain === "due" && events && this.#life === "live") {
      this.#drain = "unneeded";
      if (this.#writing === "open") events.onDrain();
    }
    if (events) this.#deliverInbound(events);
    else if (this.#life === "live" && this.#inbound.resetComes) this.#takeReset();
    if (this.#life !== "closing" || !events) return;
    this.#life = "closed";
    events.onClose(this.#error);
  }

  #deliverInbound(events: SocketEvents): void {
    for (let blocks = 0; this.#life === "live"; blocks++) {
      if (this.#paused) {
        this.#takeReset();
        return;
      }
      if (blocks === BLOCKS_A_TURN) {
        this.#ask();
        return;
      }
      const next = this.#next();
      if (next === undefined) return;
      if (next === "reset") this.#close(reset());
      else if (next === "broken") this.#break(reset());
      else if (next === "end") this.#deliverEnd(events);
      else this.#deliverBytes(events, next);
    }
  }

  #deliverEnd(events: SocketEvents): void {
    this.#reading = "ended";
    events.onEnd();
    if (this.#writing === "ended") this.#close();
  }

  #deliverBytes(events: SocketEvents, bytes: Uint8Array): void {
    this.#peer.#taken();
    events.onData(bytes);
    if (this.#inbound.broken) this.#break(reset());
  }

  #next(): ReturnType<Inbound["next"]> {
    try {
      return this.#inbound.next();
    } catch (cause) {
      this.#break(new NetworkError("ECONNRESET", "Bytes on the way were lost", { cause }));
      return undefined;
    }
  }

  /** A reset is seen by who reads nothing, too. */
  #takeReset(): void {
    if (this.#inbound.resetComes && this.#inbound.next() === "reset") this.#close(reset());
  }

  /** Both ends are reset. */
  #break(error: NetworkError): void {
    const peer = this.#peer;
    this.#close(error);
    peer.#close(error);
  }

  #close(error?: Error): void {
    if (this.#life !== "live") return;
    this.#life = "closing";
    this.#error = error;
    this.#inbound.close();
    this.#host.released(this);
    this.#ask();
  }

  /** The peer took bytes of ours. */
  #taken(): void {
    if (this.#drain !== "owed" || this.#peer.#inbound.bytes > this.#host.highWaterMark / 2) return;
    this.#drain = "due";
    this.#ask();
  }
}

function reset(): NetworkError {
  return new NetworkError("ECONNRESET", "The connection was reset");
}
