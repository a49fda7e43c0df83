import type { SocketAddress } from "../../socket/index.ts";
import type { Line } from "./line.ts";
import { ByteQueue, chunk } from "./queue.ts";
import { connectionReset, type Next, TurnSocket } from "./turn-socket.ts";
import { turns } from "./turns.ts";
import type { Weather } from "./weather.ts";

/** What all sockets of a network share. */
export interface SocketHost {
  readonly weather: Weather;
  /** Bytes that the peer has not taken, above which `write` returns false. */
  readonly highWaterMark: number;
}

/**
 * One end of a connection. It holds the direction towards itself: what the peer wrote and was not taken, and,
 * under conditions, the line on which that arrives. It sets a timer only while somebody asks for what is under way.
 */
export class VirtualSocket extends TurnSocket {
  override readonly localAddress: SocketAddress;
  override readonly remoteAddress: SocketAddress;
  readonly connection: number;
  readonly role: "client" | "server";
  /** Time of the clock. */
  readonly openedAt: number;
  /** Bytes that `onData` got. */
  bytesRead = 0;
  /** Bytes that `write` took. */
  bytesWritten = 0;
  readonly #host: SocketHost;
  readonly #gone: () => void;
  #peer!: VirtualSocket;
  #ended = false;

  #queue: ByteQueue | undefined;
  /** What the peer did last, after what it wrote. A reset overtakes that. */
  #final: "end" | "reset" | undefined;
  #finalAt = 0;
  #line: Line | undefined;
  /** The change of weather that the line is of. */
  #lineOf = 0;
  #waiting = false;
  #timer: unknown;

  private constructor(
    host: SocketHost,
    connection: number,
    role: "client" | "server",
    localAddress: SocketAddress,
    remoteAddress: SocketAddress,
    gone: () => void,
  ) {
    super();
    this.#host = host;
    this.#gone = gone;
    this.connection = connection;
    this.role = role;
    this.openedAt = host.weather.clock.now();
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
  }

  /**
   * Two ends of one connection.
   * @param connection counts the connections of the network, from 0
   * @param near where the client is
   * @param far where the server is
   * @param gone called once for each, when it is gone: the client's, the server's
   */
  static pair(
    host: SocketHost,
    connection: number,
    near: SocketAddress,
    far: SocketAddress,
    ...gone: [() => void, () => void]
  ): [client: VirtualSocket, server: VirtualSocket] {
    const client = new VirtualSocket(host, connection, "client", near, far, gone[0]);
    const server = new VirtualSocket(host, connection, "server", far, near, gone[1]);
    client.#peer = server;
    server.#peer = client;
    return [client, server];
  }

  get bytesTaken(): number {
    return this.#peer.bytesRead;
  }

  override write(data: Uint8Array | string, given = false): boolean {
    if (!this.live || this.#ended) return false;
    const peer = this.#peer;
    const added = chunk(data, given, peer.#now());
    this.bytesWritten += added.size;
    if (!peer.live) return true;
    peer.#queue ??= new ByteQueue();
    peer.#queue.push(added);
    peer.wake();
    return peer.#queue.bytes <= this.#host.highWaterMark || this.refused();
  }

  override end(): void {
    if (!this.live || this.#ended) return;
    this.#ended = true;
    this.#peer.#finish("end");
    this.closeIfEnded();
  }

  override destroy(error?: Error): void {
    if (!this.live) return;
    this.#peer.#finish("reset");
    this.close(error);
  }

  /** What is under way travels on under other conditions. */
  weatherChanged(): void {
    this.#stopWaiting();
    this.#ask();
  }

  protected override get pending(): boolean {
    return (this.#bytes > 0 || this.#final !== undefined) && !this.#waiting;
  }

  protected override get failing(): boolean {
    return this.#final === "reset";
  }

  protected override get ended(): boolean {
    return this.#ended;
  }

  protected override next(borrows: boolean): Next {
    this.#refreshLine();
    try {
      if (this.#bytes > 0) return this.#nextBytes(this.#queue as ByteQueue, borrows);
    } catch (cause) {
      return this.#breakOff(cause);
    }
    if (this.#arrived(this.#finalAt, 0) === undefined) return undefined;
    const final = this.#final;
    this.#final = undefined;
    return final === "reset" ? connectionReset() : final;
  }

  protected override took(bytes: number): void {
    this.bytesRead += bytes;
    const peer = this.#peer;
    if (peer.drainOwed && this.#bytes <= this.#host.highWaterMark / 2) peer.drained();
  }

  protected override delivered(): void {
    if (this.#line?.broken) this.close(this.#breakOff());
  }

  protected override released(): void {
    this.#queue = undefined;
    this.#final = undefined;
    this.#stopWaiting();
    this.#gone();
  }

  /** Bytes that were written and not taken. */
  get #bytes(): number {
    return this.#queue ? this.#queue.bytes : 0;
  }

  #nextBytes(queue: ByteQueue, borrows: boolean): Next {
    if (!this.#line) return queue.take(queue.sensible(), borrows);
    if (this.#line.broken) return this.#breakOff();
    const bytes = this.#arrived(queue.firstWrittenAt, queue.firstBytes);
    return bytes === undefined ? undefined : queue.take(bytes, borrows);
  }

  /** Bytes of the segment that has arrived. Where none has, a timer is set for it, or for nothing but a change. */
  #arrived(writtenAt: number, available: number): number | undefined {
    const line = this.#line;
    if (!line) return available;
    const { clock, waiting } = this.#host.weather;
    const wait = line.due(writtenAt, available) - clock.now();
    if (wait <= 0) return line.take();
    waiting.add(this);
    if (wait < Infinity) {
      this.#waiting = true;
      this.#timer = clock.setTimeout(() => {
        this.#waiting = false;
        this.#ask();
      }, Math.ceil(wait));
    }
    return undefined;
  }

  #stopWaiting(): void {
    const { clock, waiting } = this.#host.weather;
    waiting.delete(this);
    if (this.#waiting) clock.clearTimeout(this.#timer);
    this.#waiting = false;
  }

  /** From a timer, or whoever changes the weather. */
  #ask(): void {
    turns.rested();
    this.ask();
  }

  #finish(how: "end" | "reset"): void {
    if (!this.live) return;
    this.#finalAt = this.#now();
    this.#final = how;
    if (how === "reset") {
      this.#queue = undefined;
      this.#line?.drop();
      this.#stopWaiting();
    }
    this.wake();
  }

  /** The peer is told of a reset now, whoever asked for this has to be. */
  #breakOff(cause?: unknown): Exclude<Next, Uint8Array | string | undefined> {
    const error = () => connectionReset(cause === undefined ? undefined : { cause });
    this.#peer.close(error());
    return error();
  }

  /** The time that something written now has to carry. */
  #now(): number {
    this.#refreshLine();
    return this.#line ? this.#host.weather.clock.now() : 0;
  }

  #refreshLine(): void {
    const { weather } = this.#host;
    if (this.#lineOf === weather.changes) return;
    this.#lineOf = weather.changes;
    this.#line = weather.lineTo(this);
  }
}
