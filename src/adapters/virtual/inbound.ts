import type { Clock } from "../../socket/index.ts";
import type { Line, Segment } from "./line.ts";
import { ByteQueue, type Chunk } from "./queue.ts";

/** Whose direction it is. */
export interface Owner {
  /** The line towards the owner from now on, `undefined` without conditions. */
  line(): Line | undefined;
  /** Something may have arrived while time passed. Called from a timer. */
  arrived(): void;
}

/** What an inbound direction asks of its network. */
export interface InboundHost {
  readonly clock: Clock;
  /** Counts changes of the conditions. */
  weather(): number;
  /** Calls `weatherChanged` when the conditions change, until `settled`. */
  waiting(inbound: Inbound): void;
  settled(inbound: Inbound): void;
}

/** What comes next: a block of bytes, an end, a reset, a connection that its conditions break, or not yet. */
export type Arrived = Uint8Array | "end" | "reset" | "broken" | undefined;

/**
 * The direction towards one end of a connection: what the peer wrote and the owner has not taken, and,
 * under conditions, when that arrives. It sets a timer only while the owner asks for what is under way.
 */
export class Inbound {
  readonly #host: InboundHost;
  readonly #owner: Owner;
  #queue: ByteQueue | undefined;
  #final: "end" | "reset" | undefined;
  #finalAt = 0;
  #bytesRead = 0;
  #line: Line | undefined;
  #weather = -1;
  #timer: unknown;

  constructor(host: InboundHost, owner: Owner) {
    this.#host = host;
    this.#owner = owner;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Bytes that were written and not taken. */
  get bytes(): number {
    return this.#queue ? this.#queue.bytes : 0;
  }

  /** Whether there is anything for `next` to look at now, rather than when a timer says so. */
  get pending(): boolean {
    return (this.bytes > 0 || this.#final !== undefined) && this.#timer === undefined;
  }

  get resetComes(): boolean {
    return this.#final === "reset";
  }

  /** The time that a write of now has to carry. */
  writtenAt(): number {
    this.#refreshLine();
    return this.#line ? this.#host.clock.now() : 0;
  }

  push(chunk: Chunk): void {
    if (chunk.size === 0) return;
    this.#queue ??= new ByteQueue();
    this.#queue.push(chunk);
  }

  /** The peer ended, after what it wrote, or reset, which overtakes it. */
  finish(how: "end" | "reset"): void {
    this.#finalAt = this.writtenAt();
    this.#final = how;
    if (how === "end") return;
    this.#queue = undefined;
    this.#line?.dropped();
    this.#stopWaiting();
  }

  /** Takes what arrived next. `undefined`: nothing, and the owner is told when to ask again. */
  next(borrows: boolean): Arrived {
    this.#refreshLine();
    if (this.#queue && this.#queue.bytes > 0) return this.#nextBytes(this.#queue, borrows);
    if (this.#final && this.#arrived(this.#finalAt, 0)) {
      const final = this.#final;
      this.#final = undefined;
      return final;
    }
    return undefined;
  }

  /** Whether the conditions break the connection at the byte that was taken last. */
  get broken(): boolean {
    return this.#line?.broken ?? false;
  }

  close(): void {
    this.#queue = undefined;
    this.#final = undefined;
    this.#stopWaiting();
  }

  weatherChanged(): void {
    this.#stopWaiting();
    this.#owner.arrived();
  }

  #nextBytes(queue: ByteQueue, borrows: boolean): Arrived {
    const line = this.#line;
    if (line?.broken) return "broken";
    const segment = line ? this.#arrived(queue.firstWrittenAt, queue.firstBytes) : true;
    if (!segment) return undefined;
    const block = segment === true ? queue.takeJoined(borrows) : queue.take(segment.bytes, borrows);
    this.#bytesRead += block.byteLength;
    return block;
  }

  /** The segment of those bytes (0: an end or a reset), if it has arrived; else waits for it. */
  #arrived(writtenAt: number, available: number): Segment | true | undefined {
    const line = this.#line;
    if (!line) return true;
    const segment = line.next(writtenAt, available);
    const wait = segment.due - this.#host.clock.now();
    if (wait <= 0) {
      line.taken(segment);
      return segment;
    }
    this.#host.waiting(this);
    if (this.#timer === undefined && wait < Number.POSITIVE_INFINITY) {
      this.#timer = this.#host.clock.setTimeout(() => {
        this.#timer = undefined;
        this.#owner.arrived();
      }, Math.ceil(wait));
    }
    return undefined;
  }

  #stopWaiting(): void {
    this.#host.settled(this);
    if (this.#timer === undefined) return;
    this.#host.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #refreshLine(): void {
    const weather = this.#host.weather();
    if (this.#weather === weather) return;
    this.#weather = weather;
    this.#line = this.#owner.line();
  }
}
