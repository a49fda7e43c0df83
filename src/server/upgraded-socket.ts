import { soon } from "../socket/clock.ts";
import type { Socket, SocketAddress, SocketEvents } from "../socket/index.ts";
import type { UpgradedConnection } from "./types.ts";

/**
 * The connection after an upgrade: the socket underneath, with the bytes that were read before the switch in
 * front of what arrives. The connection stays the consumer of the real socket and passes its events on.
 */
export class UpgradedSocket implements UpgradedConnection {
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  readonly secure: boolean;
  readonly #socket: Socket;
  /** What is to be told of yet, in its order; no pause holds back a drain. */
  #waiting: ((events: SocketEvents) => void)[];
  #owesDrain = false;
  #events: SocketEvents | undefined;
  #paused = false;
  #scheduled = false;
  #closed = false;
  /** What the close tells: the socket's, or what it was destroyed with where that was closing by then. */
  #error: Error | undefined;
  #onShutDown: (() => void) | undefined;
  #shuttingDown = false;

  /** @param rest what was already read; the socket has to be paused */
  constructor(socket: Socket, rest: Uint8Array[]) {
    this.#socket = socket;
    this.#waiting = rest.map((bytes) => (events) => events.onData(bytes));
    this.localAddress = socket.localAddress;
    this.remoteAddress = socket.remoteAddress;
    this.secure = socket.secure === true;
  }

  open(events: SocketEvents): void {
    if (this.#events) throw new TypeError("The socket is open: it has one consumer");
    this.#events = events;
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  write(data: Uint8Array | string): boolean {
    return this.#socket.write(data);
  }

  get bytesTaken(): number | undefined {
    return this.#socket.bytesTaken;
  }

  end(): void {
    this.#owesDrain = false;
    this.#socket.end();
  }

  destroy(error?: Error): void {
    this.#owesDrain = false;
    this.#waiting = [];
    this.#error ??= error;
    this.#socket.destroy(error);
  }

  get onShutDown(): (() => void) | undefined {
    return this.#onShutDown;
  }

  set onShutDown(listener: (() => void) | undefined) {
    this.#onShutDown = listener;
    if (this.#shuttingDown) soon(() => this.#onShutDown?.());
  }

  /** The server closes. */
  shutDown(): void {
    if (this.#shuttingDown) return;
    this.#shuttingDown = true;
    this.#onShutDown?.();
  }

  /** The connection's events, passed on. Data may still come from a read that was under way. */
  onData(any: Uint8Array): void {
    // The connection takes Node's `Buffer`; others get what the contract of `Socket` says.
    const bytes = new Uint8Array(any.buffer, any.byteOffset, any.length);
    if (this.#events && !this.#paused && this.#waiting.length === 0) this.#events.onData(bytes);
    else this.#waiting.push((events) => events.onData(bytes));
  }

  onEnd(): void {
    this.#waiting.push((events) => events.onEnd());
    this.#schedule();
  }

  onDrain(): void {
    if (this.#events) this.#events.onDrain();
    else this.#owesDrain = true;
  }

  onClose(error?: Error): void {
    this.#closed = true;
    this.#error = error ?? this.#error;
    this.#schedule();
  }

  /** Delivers what waits, from a microtask: never from inside a call to the socket. */
  #schedule(): void {
    const events = this.#events;
    if (this.#scheduled || !events) return;
    this.#scheduled = true;
    soon(() => this.#deliver(events));
  }

  #deliver(events: SocketEvents): void {
    this.#scheduled = false;
    const next = this.#owesDrain
      ? () => events.onDrain()
      : this.#paused || this.#error
        ? undefined
        : this.#waiting.shift();
    this.#owesDrain = false;
    if (next) {
      this.#schedule(); // there may be more, and the consumer may throw
      next(events);
    } else if (this.#closed && (this.#error || this.#waiting.length === 0)) {
      this.#scheduled = true; // behind the close there is nothing any more
      events.onClose(this.#error);
    } else if (!this.#paused) this.#socket.resume();
  }
}
