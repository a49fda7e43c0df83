import { type Listener, NetworkError, type Socket, type SocketAddress } from "../../socket/index.ts";
import type { Binding } from "./addresses.ts";

/** A connection that waits to be accepted. */
export interface Incoming {
  readonly socket: Socket;
  /** Takes a descriptor for it. @throws NetworkError `EMFILE`. */
  accepted(): void;
}

interface Waiting {
  resolve(socket: Socket): void;
  reject(error: NetworkError): void;
}

/** What a listener is made of. */
export interface Bound {
  readonly address: SocketAddress;
  readonly binding: Binding;
  /** Connections that may wait; at least 1. */
  readonly backlog: number;
  readonly reusePort: boolean;
  /** Called once. */
  closed(): void;
}

/**
 * A bound port with its backlog. A place in the backlog is taken (`admit`) before the connection comes
 * (`offer`), because the two may be some latency apart. When all are taken connections wait for one, as on a
 * Linux machine, whose kernel then does not answer the client's SYN.
 */
export class VirtualListener implements Listener {
  readonly address: SocketAddress;
  readonly binding: Binding;
  readonly reusePort: boolean;
  readonly #closed: () => void;
  readonly #backlog: number;
  readonly #queue: Incoming[] = [];
  readonly #acceptors: Waiting[] = [];
  /** Who waits for a place in the backlog. Called with false when the listener closed. */
  readonly #applicants = new Set<(admitted: boolean) => void>();
  #places = 0;
  #open = true;

  constructor(bound: Bound) {
    this.address = bound.address;
    this.binding = bound.binding;
    this.reusePort = bound.reusePort;
    this.#closed = bound.closed;
    this.#backlog = Math.max(1, bound.backlog);
  }

  accept(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      if (!this.#open) reject(closed());
      else if (this.#queue.length > 0) this.#hand({ resolve, reject });
      else this.#acceptors.push({ resolve, reject });
    });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#closed();
    for (const { socket } of this.#queue.splice(0)) socket.destroy();
    for (const { reject } of this.#acceptors.splice(0)) reject(closed());
    for (const applicant of this.#applicants) applicant(false);
    this.#applicants.clear();
  }

  /** Takes a place in the backlog. False when closed, `undefined` when there is none at the moment. */
  admit(): boolean | undefined {
    if (!this.#open) return false;
    if (this.#places === this.#backlog) return undefined;
    this.#places++;
    return true;
  }

  /**
   * Waits for a place: true when it was taken, false when the listener closed.
   * @returns what ends the wait.
   */
  apply(done: (admitted: boolean) => void): () => void {
    this.#applicants.add(done);
    return () => this.#applicants.delete(done);
  }

  /** A place is free again. */
  #release(): void {
    this.#places--;
    const [next] = this.#applicants;
    if (!next || !this.#open) return;
    this.#applicants.delete(next);
    this.#places++;
    next(true);
  }

  /** The admitted connection is here. */
  offer(incoming: Incoming): void {
    if (!this.#open) {
      incoming.socket.destroy();
      return;
    }
    this.#queue.push(incoming);
    while (this.#queue.length > 0) {
      const acceptor = this.#acceptors.shift();
      if (!acceptor) return;
      this.#hand(acceptor);
    }
  }

  /** The first of the queue to an acceptor. Without a descriptor for it, it keeps its place. */
  #hand(acceptor: Waiting): void {
    const [incoming] = this.#queue;
    if (!incoming) return;
    try {
      incoming.accepted();
    } catch (error) {
      acceptor.reject(error as NetworkError);
      return;
    }
    this.#queue.shift();
    this.#release();
    acceptor.resolve(incoming.socket);
  }
}

function closed(): NetworkError {
  return new NetworkError("ERR_LISTENER_CLOSED", "The listener is closed");
}
