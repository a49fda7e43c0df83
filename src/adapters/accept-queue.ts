import { NetworkError, type Socket } from "../socket/index.ts";

interface Waiting {
  resolve(socket: Socket): void;
  reject(error: Error): void;
}

/**
 * Pairs connections with calls of `Listener.accept`, each in the order of arrival, for transports that
 * hand connections over when they come and not when they are asked for.
 */
export class AcceptQueue {
  readonly #limit: number;
  readonly #sockets: Socket[] = [];
  readonly #waiting: Waiting[] = [];
  #closed = false;

  /** @param limit connections that may wait; one more is reset, as a full kernel queue would. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  arrive(socket: Socket): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(socket);
    else if (this.#closed || this.#sockets.length >= this.#limit) socket.destroy();
    else this.#sockets.push(socket);
  }

  accept(): Promise<Socket> {
    const socket = this.#sockets.shift();
    if (socket) return Promise.resolve(socket);
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Resets whoever waits to be accepted, rejects who waits for a connection. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closedError());
  }
}

export function closedError(): NetworkError {
  return new NetworkError("ERR_LISTENER_CLOSED", "the listener was closed");
}
