import { type Listener, NetworkError, type Socket, type SocketAddress } from "../../socket/index.ts";
import type { Binding } from "./addresses.ts";

/** A connection that waits to be accepted. */
export interface Incoming {
  readonly socket: Socket;
  /** Takes a descriptor for it. @throws NetworkError `EMFILE`. */
  accepted(): void;
}

interface Acceptor {
  resolve(socket: Socket): void;
  reject(error: unknown): void;
}

/** Told whether a place in the backlog was had; false when the listener closed. */
type Applicant = (admitted: boolean) => void;

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
  readonly #queue: Incoming[] = [];
  readonly #acceptors: Acceptor[] = [];
  /** Who waits for a place in the backlog. */
  readonly #applicants = new Set<Applicant>();
  /** Free places in the backlog. */
  #places: number;
  #open = true;

  /**
   * @param backlog connections that may wait; at least 1
   * @param closed called once
   */
  constructor(
    address: SocketAddress,
    binding: Binding,
    backlog: number,
    reusePort: boolean,
    closed: () => void,
  ) {
    this.address = address;
    this.binding = binding;
    this.reusePort = reusePort;
    this.#closed = closed;
    this.#places = Math.max(1, backlog);
  }

  accept(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      this.#acceptors.push({ resolve, reject });
      this.#hand();
    });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#closed();
    for (const { socket } of this.#queue.splice(0)) socket.destroy();
    this.#hand();
    for (const applicant of this.#applicants) applicant(false);
    this.#applicants.clear();
  }

  /**
   * Takes a place in the backlog, when there is one.
   * @returns what ends the wait for it.
   */
  admit(applicant: Applicant): () => void {
    if (this.#places > 0 || !this.#open) {
      this.#places--;
      applicant(this.#open);
    } else {
      this.#applicants.add(applicant);
    }
    return () => this.#applicants.delete(applicant);
  }

  /** The admitted connection is here. */
  offer(incoming: Incoming): void {
    if (!this.#open) return incoming.socket.destroy();
    this.#queue.push(incoming);
    this.#hand();
  }

  /** Connections to acceptors. One for which there is no descriptor keeps its place. */
  #hand(): void {
    while (this.#acceptors.length > 0 && (this.#queue.length > 0 || !this.#open)) {
      const { resolve, reject } = this.#acceptors.shift() as Acceptor;
      try {
        const [incoming] = this.#queue;
        if (!incoming) throw new NetworkError("ERR_LISTENER_CLOSED", "the listener is closed");
        incoming.accepted();
        this.#queue.shift();
        this.#places++;
        resolve(incoming.socket);
      } catch (error) {
        reject(error);
      }
      const [next] = this.#applicants;
      if (!next || this.#places === 0) continue;
      this.#applicants.delete(next);
      this.admit(next);
    }
  }
}
