import {
  type Listener,
  type ListenSpec,
  NetworkError,
  type Socket,
  type SocketAddress,
} from "../../socket/index.ts";

/** As Node's. */
const DEFAULT_BACKLOG = 511;

/** A connection that wants to be accepted. */
export interface Guest {
  /** It has a place in the backlog now: the client is connected. */
  enter(): void;
  /** It is handed out. @throws NetworkError `EMFILE`, and keeps its place. */
  accept(): Socket;
  /** The listener closed before. */
  leave(): void;
}

/**
 * A bound port with its backlog: the first guests of the queue. When all its places are taken the others wait for one,
 * as on a Linux machine, whose kernel then does not answer the client's SYN.
 */
export class VirtualListener implements Listener {
  readonly address: SocketAddress;
  /** The addresses that it answers to. */
  readonly bound: readonly string[];
  readonly spec: ListenSpec;
  readonly #backlog: number;
  readonly #closed: () => void;
  readonly #guests: Guest[] = [];
  /** Ends when every `accept` so far has. */
  #turn: Promise<unknown> = Promise.resolve();
  #wake: (() => void) | undefined;
  #open = true;

  /** @param closed called when it is closed */
  constructor(address: SocketAddress, bound: readonly string[], spec: ListenSpec, closed: () => void) {
    this.address = address;
    this.bound = bound;
    this.spec = spec;
    this.#backlog = Math.max(1, spec.backlog ?? DEFAULT_BACKLOG);
    this.#closed = closed;
  }

  accept(): Promise<Socket> {
    const accepted = this.#turn.then(() => this.#accept());
    this.#turn = accepted.catch(() => {});
    return accepted;
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#closed();
    for (const guest of this.#guests.splice(0)) guest.leave();
    this.#wake?.();
  }

  /** @returns what ends the wait for a place. */
  receive(guest: Guest): () => void {
    if (this.#guests.push(guest) <= this.#backlog) guest.enter();
    this.#wake?.();
    return () => this.#guests.splice(this.#guests.indexOf(guest), 1);
  }

  async #accept(): Promise<Socket> {
    while (this.#open && !this.#guests[0]) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    const [guest] = this.#guests;
    if (!guest) throw new NetworkError("ERR_LISTENER_CLOSED", "the listener is closed");
    const socket = guest.accept();
    this.#guests.shift();
    this.#guests[this.#backlog - 1]?.enter();
    return socket;
  }
}
