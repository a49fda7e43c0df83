import { NetworkError, type Socket, type SocketAddress, type SocketEvents } from "../../socket/index.ts";
import { askForTurn, type Turn } from "./turns.ts";

/** What comes next from the peer: a block of bytes, its end, what closes the socket, or nothing for now. */
export type Next = Uint8Array | "end" | NetworkError | undefined;

/** A socket that has more to say asks again, so that none holds up the others. */
const EVENTS_A_TURN = 32;

/**
 * A socket that delivers its events when it has a turn, and so never from inside a call. This half keeps the contract's order of events; where bytes come from and go to is
 * the subclass's.
 */
export abstract class TurnSocket implements Socket, Turn {
  abstract readonly localAddress: SocketAddress;
  abstract readonly remoteAddress: SocketAddress;
  /** It does not close yet. */
  protected live = true;
  /** `end` was called. */
  protected ended = false;
  /** A write was refused, and its drain is still to come. */
  protected drainOwed = false;
  #events: SocketEvents | undefined;
  #error: Error | undefined;
  #openDirections = 2;
  #paused = false;
  #asked = false;

  abstract write(data: Uint8Array | string, given?: boolean): boolean;
  abstract end(): void;
  abstract destroy(error?: Error): void;

  /**
   * Takes what comes next, which the consumer then gets.
   * @param events the consumer, when it wants to hear something: else nothing may come but what closes the socket.
   */
  protected abstract next(events: SocketEvents | undefined): Next;
  /** Whether what was refused has left. */
  protected abstract readonly drained: boolean;
  /** The socket is no longer live: lets go of what it holds. */
  protected abstract letGo(error: Error | undefined): void;

  open(events: SocketEvents): void {
    if (this.#events) throw new TypeError("The socket is open: it has one consumer");
    this.#events = events;
    this.ask();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.ask();
  }

  /** A turn: what comes next, some of it, and then a drain or the close. */
  run(): void {
    this.#asked = false;
    const events = this.#events;
    for (let left = EVENTS_A_TURN; this.live && left > 0; left--) {
      const next = this.next(this.#paused ? undefined : events);
      if (next === undefined) break;
      this.ask(); // there may be more, and the handler may throw
      if (next instanceof NetworkError) this.close(next);
      else if (next === "end") {
        try {
          events?.onEnd();
        } finally {
          this.directionEnded(); // behind it, as what it destroys with is what the close tells
        }
      } else events?.onData(next);
    }
    if (!events) return;
    if (this.live) {
      // In every turn: a peer that always has more to say must not keep this side from writing.
      if (!this.drainOwed || !this.drained) return;
      this.drainOwed = false;
      events.onDrain();
    } else if (!this.#asked) {
      this.#asked = true; // there is no turn after this one
      events.onClose(this.#error);
    }
  }

  /** Asks for a turn, unless one is coming. */
  protected ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    askForTurn(this);
  }

  /** One of the two directions has ended; with both the socket closes. */
  protected directionEnded(): void {
    if (--this.#openDirections === 0) this.close();
  }

  protected close(error?: Error): void {
    if (!this.live) return;
    this.live = false;
    this.#error = error;
    this.letGo(error);
    this.ask();
  }
}

export function connectionReset(options?: ErrorOptions): NetworkError {
  return new NetworkError("ECONNRESET", "the connection was reset", options);
}
