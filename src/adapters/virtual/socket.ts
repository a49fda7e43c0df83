import type { NetworkError, SocketAddress, SocketEvents } from "../../socket/index.ts";
import { type Conditions, conditionsAt, type Weather } from "./conditions.ts";
import { type Line, lineUnder, type Segment } from "./line.ts";
import { ByteQueue } from "./queue.ts";
import { randomNumbers } from "./random.ts";
import { connectionReset, type Next, TurnSocket } from "./turn-socket.ts";

/**
 * One end of a connection. It holds the direction towards itself: what the peer wrote and was not taken, and,
 * under conditions, the line on which that arrives. It sets a timer only while somebody asks for what is under way.
 */
export class VirtualSocket extends TurnSocket {
  override readonly localAddress: SocketAddress;
  override readonly remoteAddress: SocketAddress;
  /** Bytes that `onData` got. */
  bytesRead = 0;
  /** Bytes that `write` took. */
  bytesWritten = 0;
  readonly #weather: Weather;
  readonly #gone: () => void;
  readonly #isServer: boolean;
  readonly #openedAt: number;
  #peer!: VirtualSocket;

  readonly #queue = new ByteQueue();
  /** What the peer did last, after what it wrote. A reset overtakes that, unless its end came before. */
  #finals: ("end" | NetworkError)[] = [];
  #finalAt = 0;
  #line: Line | undefined;
  /** What was planned and not taken. */
  #segment: Segment | undefined;
  /** The conditions that the line is of. */
  #lineOf: Conditions | undefined;
  #timer: unknown;

  /**
   * @param gone called once, when the socket is
   * @param client the other end, where this is the server's
   */
  constructor(
    weather: Weather,
    localAddress: SocketAddress,
    remoteAddress: SocketAddress,
    gone: () => void,
    client?: VirtualSocket,
  ) {
    super();
    this.#weather = weather;
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.#gone = gone;
    this.#isServer = client !== undefined;
    this.#openedAt = weather.clock.now();
    if (!client) return;
    this.#peer = client;
    client.#peer = this;
  }

  get bytesTaken(): number {
    return this.#peer.bytesRead;
  }

  override write(data: Uint8Array | string, given = false): boolean {
    if (!this.live || this.ended) return false;
    const peer = this.#peer;
    const queue = peer.#queue;
    this.bytesWritten += queue.write(data, given, this.#weather.clock.now());
    peer.ask();
    const full = queue.bytes > this.#weather.highWaterMark;
    this.drainOwed ||= full;
    return !full;
  }

  override end(): void {
    if (!this.live || this.ended) return;
    this.ended = true;
    this.drainOwed = false;
    this.#peer.#finish("end");
    this.directionEnded();
  }

  override destroy(error?: Error): void {
    if (!this.live) return;
    const peer = this.#peer;
    // What a kernel would have, with an end behind it, goes on its way.
    if (!this.ended || peer.#queue.bytes > this.#weather.highWaterMark) {
      peer.#finals = [];
      peer.#lineOf = undefined; // another line, on which nothing is under way
      peer.#queue.clear();
      peer.awake();
    }
    peer.#finish(connectionReset());
    this.close(error);
  }

  /** The timer is due, or what is under way travels on under other conditions. */
  awake(): void {
    const { clock, waiting } = this.#weather;
    waiting.delete(this);
    clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.ask();
  }

  protected override get drained(): boolean {
    return this.#peer.#queue.bytes <= this.#weather.highWaterMark / 2;
  }

  protected override next(events: SocketEvents | undefined): Next {
    const line = this.#currentLine();
    const final = this.#finals[0];
    const { first } = this.#queue;
    if (line && this.bytesRead >= line.breaksAfter) return this.#breakOff();
    if (!(events ? first || final : final instanceof Error)) return undefined;
    this.#segment ??= line?.plan(
      this.bytesRead,
      first ? first.writtenAt : this.#finalAt,
      first ? first.size : 0,
    );
    const segment = this.#segment;
    if (segment && !this.#arrived(segment.due)) return undefined;
    this.#segment = undefined;
    if (first) return this.#take(segment?.bytes, events?.borrows);
    return this.#finals.shift();
  }

  protected override letGo(): void {
    this.#queue.clear();
    this.awake();
    this.#gone();
  }

  #take(bytes: number | undefined, borrows: boolean | undefined): Next {
    try {
      const block = this.#queue.take(bytes, borrows);
      this.bytesRead += block.length;
      if (this.#peer.drainOwed) this.#peer.ask();
      return block;
    } catch (cause) {
      return this.#breakOff({ cause });
    }
  }

  /** Whether it is time. Where it is not, a timer is set for it, or for nothing but a change. */
  #arrived(due: number): boolean {
    const { clock, waiting } = this.#weather;
    const wait = due - clock.now();
    if (wait <= 0) return true;
    waiting.add(this);
    if (wait < Infinity) this.#timer ??= clock.setTimeout(() => this.awake(), Math.ceil(wait));
    return false;
  }

  #finish(final: "end" | NetworkError): void {
    this.#finals.push(final);
    this.#finalAt = this.#weather.clock.now();
    this.ask();
  }

  /** The peer is told of a reset now, whoever asked for this has to be. */
  #breakOff(options?: ErrorOptions): NetworkError {
    const error = connectionReset(options);
    this.#peer.close(error);
    return error;
  }

  #currentLine(): Line | undefined {
    const { conditions, since, seed } = this.#weather;
    if (this.#lineOf !== conditions) {
      const { port } = this.localAddress;
      const { port: from } = this.remoteAddress;
      const flow = this.#isServer
        ? conditionsAt(conditions, port, "toServer")
        : conditionsAt(conditions, from, "toClient");
      this.#lineOf = conditions;
      this.#line = lineUnder(flow, randomNumbers(seed, port * 65_536 + from), this.#openedAt, since);
      this.#segment = undefined;
    }
    return this.#line;
  }
}
