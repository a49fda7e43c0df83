import { NetworkError, type Socket, type SocketAddress, type SocketEvents } from "../../socket/index.ts";
import { reportUncaught, type Turn, turns } from "./turns.ts";

/** What comes next from the peer: a block of bytes, its end, what closes the socket, or nothing for now. */
export type Next = Uint8Array | "end" | NetworkError | undefined;

/** Blocks delivered in one turn, so that a peer that answers from inside `onData` can't hold the loop. */
const BLOCKS_A_TURN = 32;

/** What has become of the socket. */
const LIVE = 0;
const CLOSING = 1;
const CLOSED = 2;
/** What a writer waits for: nothing, that the peer takes bytes, or a turn. */
const UNNEEDED = 0;
const OWED = 1;
const DUE = 2;

/**
 * A socket that delivers its events when it has a turn, and so never from inside a call. This half keeps the
 * contract's order of events; where bytes come from and go to is the subclass's.
 */
export abstract class TurnSocket implements Socket, Turn {
  abstract readonly localAddress: SocketAddress;
  abstract readonly remoteAddress: SocketAddress;
  #events: SocketEvents | undefined;
  #life: 0 | 1 | 2 = LIVE;
  #error: Error | undefined;
  #readingEnded = false;
  #drain: 0 | 1 | 2 = UNNEEDED;
  #paused = false;
  #asked = false;

  abstract write(data: Uint8Array | string, given?: boolean): boolean;
  abstract end(): void;
  abstract destroy(error?: Error): void;

  /**
   * Takes what comes next. A paused or unopened socket is asked for nothing but what closes it.
   * @param borrows the consumer takes memory that the peer has lent.
   */
  protected abstract next(borrows: boolean): Next;
  /** Whether `next` has something to look at now. */
  protected abstract readonly pending: boolean;
  /** Whether what comes next closes the socket. */
  protected abstract readonly failing: boolean;
  /** Nothing more will be written. */
  protected abstract readonly ended: boolean;
  /** The consumer is about to get a block of so many bytes. */
  protected abstract took(bytes: number): void;
  /** The consumer got the block. */
  protected abstract delivered(): void;
  /** The socket is no longer live: lets go of what it holds. */
  protected abstract released(error: Error | undefined): void;

  open(events: SocketEvents): void {
    if (this.#events) throw new TypeError("The socket is open: it has one consumer");
    this.#events = events;
    this.ask();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.wake();
  }

  /** A turn: everything that is due, in the order of the contract. */
  run(): void {
    this.#asked = false;
    try {
      this.turn();
      this.#deliver();
    } catch (error) {
      reportUncaught(error);
      this.ask();
    }
  }

  /** What else is done in a turn, before the events. */
  protected turn(): void {}

  protected get live(): boolean {
    return this.#life === LIVE;
  }

  /** Asks for a turn, unless one is coming. */
  protected ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    turns.ask(this);
  }

  /** Asks for a turn if something is pending that may be delivered. */
  protected wake(): void {
    const wanted = (this.#events && !this.#paused) || this.failing;
    if (wanted && this.pending) this.ask();
  }

  /** A write was refused: `drained` is to follow. */
  protected refused(): false {
    if (this.#drain === UNNEEDED) this.#drain = OWED;
    return false;
  }

  /** Whether a refused writer waits for `drained`. */
  protected get drainOwed(): boolean {
    return this.#drain === OWED;
  }

  protected drained(): void {
    this.#drain = DUE;
    this.ask();
  }

  /** The socket closes, if both directions have ended. */
  protected closeIfEnded(): void {
    if (this.#readingEnded && this.ended) this.close();
  }

  protected close(error?: Error): void {
    if (this.#life !== LIVE) return;
    this.#life = CLOSING;
    this.#error = error;
    this.released(error);
    this.ask();
  }

  #deliver(): void {
    const events = this.#events;
    if (this.#drain === DUE && events && this.live) {
      this.#drain = UNNEEDED;
      if (!this.ended) events.onDrain();
    }
    this.#deliverInbound(events);
    if (this.#life !== CLOSING || !events) return;
    this.#life = CLOSED;
    events.onClose(this.#error);
  }

  #deliverInbound(events: SocketEvents | undefined): void {
    for (let blocks = 0; this.live && this.pending; blocks++) {
      const flows = events && !this.#paused;
      if (!flows && !this.failing) return;
      if (blocks === BLOCKS_A_TURN) {
        this.ask();
        return;
      }
      const next = this.next(events?.borrows === true);
      if (next === undefined) return;
      if (next instanceof NetworkError) this.close(next);
      else if (!events) return;
      else if (next === "end") this.#deliverEnd(events);
      else this.#deliverBytes(events, next);
    }
  }

  #deliverEnd(events: SocketEvents): void {
    this.#readingEnded = true;
    events.onEnd();
    this.closeIfEnded();
  }

  #deliverBytes(events: SocketEvents, bytes: Uint8Array): void {
    this.took(bytes.byteLength);
    events.onData(bytes);
    this.delivered();
  }
}

export function connectionReset(options?: ErrorOptions): NetworkError {
  return new NetworkError("ECONNRESET", "the connection was reset", options);
}
