import type { SocketAddress } from "../../socket/index.ts";
import { Inbound, type InboundHost, type Owner } from "./inbound.ts";
import type { Line } from "./line.ts";
import { chunk } from "./queue.ts";
import { connectionReset, type Next, TurnSocket } from "./turn-socket.ts";
import { turns } from "./turns.ts";

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

/** One end of a connection. The peer's writes go straight into its inbound direction. */
export class VirtualSocket extends TurnSocket implements Owner {
  override readonly localAddress: SocketAddress;
  override readonly remoteAddress: SocketAddress;
  /** Which connection of the network this is, from 0. */
  readonly connection: number;
  readonly role: "client" | "server";
  readonly openedAt: number;
  /** The network's note that this end counts against its limit. */
  holdsDescriptor = false;
  readonly #host: SocketHost;
  readonly #inbound: Inbound;
  #peer!: VirtualSocket;
  #writing: "open" | "ended" = "open";
  #bytesWritten = 0;

  private constructor(host: SocketHost, end: End) {
    super();
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

  override write(data: Uint8Array | string, given = false): boolean {
    if (!this.live || this.ended) return false;
    const peer = this.#peer;
    const added = chunk(data, given, peer.#inbound.writtenAt());
    this.#bytesWritten += added.size;
    if (!peer.live) return true;
    peer.#inbound.push(added);
    peer.wake();
    return peer.#inbound.bytes <= this.#host.highWaterMark || this.refused();
  }

  override end(): void {
    if (!this.live || this.ended) return;
    this.#writing = "ended";
    this.#peer.#finish("end");
    this.closeIfEnded();
  }

  override destroy(error?: Error): void {
    if (!this.live) return;
    this.#peer.#finish("reset");
    this.close(error);
  }

  line(): Line | undefined {
    return this.#host.lineTo(this);
  }

  arrived(): void {
    turns.rested();
    this.ask();
  }

  protected override get pending(): boolean {
    return this.#inbound.pending;
  }

  protected override get failing(): boolean {
    return this.#inbound.resetComes;
  }

  protected override get ended(): boolean {
    return this.#writing === "ended";
  }

  protected override next(borrows: boolean): Next {
    try {
      const next = this.#inbound.next(borrows);
      if (next === "reset") return connectionReset();
      if (next !== "broken") return next;
      this.#peer.close(connectionReset());
      return connectionReset();
    } catch (cause) {
      this.#peer.close(connectionReset({ cause }));
      return connectionReset({ cause });
    }
  }

  protected override took(): void {
    this.#peer.#taken();
  }

  protected override delivered(): void {
    if (!this.#inbound.broken) return;
    this.close(connectionReset());
    this.#peer.close(connectionReset());
  }

  protected override released(): void {
    this.#inbound.close();
    this.#host.released(this);
  }

  #finish(how: "end" | "reset"): void {
    if (!this.live) return;
    this.#inbound.finish(how);
    this.wake();
  }

  /** The peer took bytes of ours. */
  #taken(): void {
    if (this.drainOwed && this.#peer.#inbound.bytes <= this.#host.highWaterMark / 2) this.drained();
  }
}
