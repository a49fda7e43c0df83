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
  readonly #rest: Uint8Array[];
  #events: SocketEvents | undefined;
  #paused = false;
  #flushing = false;
  #ended = false;
  #closed: { error: Error | undefined } | undefined;
  #onShutDown: (() => void) | undefined;
  #shuttingDown = false;

  /** @param rest what was already read; the socket has to be paused */
  constructor(socket: Socket, rest: Uint8Array[]) {
    this.#socket = socket;
    this.#rest = rest;
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
    if (!this.#paused) return;
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
    this.#socket.end();
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error);
  }

  get onShutDown(): (() => void) | undefined {
    return this.#onShutDown;
  }

  set onShutDown(listener: (() => void) | undefined) {
    this.#onShutDown = listener;
    if (this.#shuttingDown) queueMicrotask(() => this.#onShutDown?.());
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
    if (this.#events && !this.#paused && this.#rest.length === 0) this.#events.onData(bytes);
    else {
      this.#rest.push(bytes);
      this.#socket.pause();
    }
  }

  onEnd(): void {
    this.#ended = true;
    this.#schedule();
  }

  onDrain(): void {
    this.#events?.onDrain();
  }

  onClose(error?: Error): void {
    this.#closed = { error };
    this.#schedule();
  }

  /** Delivers what waits, from a microtask: never from inside a call to the socket. */
  #schedule(): void {
    const events = this.#events;
    if (this.#flushing || !events) return;
    this.#flushing = true;
    queueMicrotask(() => this.#flush(events));
  }

  #flush(events: SocketEvents): void {
    this.#flushing = false;
    while (!this.#paused && this.#rest.length > 0 && !this.#closed?.error) events.onData(this.#rest.shift()!);
    if (!this.#paused && this.#rest.length === 0) {
      if (this.#ended) {
        this.#ended = false;
        events.onEnd();
      }
      if (!this.#closed) this.#socket.resume();
    }
    if (this.#closed) {
      this.#events = CLOSED;
      events.onClose(this.#closed.error);
    }
  }
}

/** Takes the place of the consumer once it was told of the close. */
const CLOSED: SocketEvents = { onData() {}, onEnd() {}, onDrain() {}, onClose() {} };
