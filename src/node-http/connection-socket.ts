import type { Listener, Network, Socket, SocketAddress, SocketEvents } from "../socket/index.ts";
import { missing } from "./errors.ts";
import { EventEmitter } from "./streams.ts";

/**
 * `request.socket`: where a connection is and whether it lives. Its bytes are the server's; what would read
 * or write them throws an error that names it.
 */
export class ConnectionSocket extends EventEmitter {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteFamily: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly localFamily: string;
  readonly encrypted = undefined;
  readonly connecting = false;
  readable = true;
  writable = true;
  destroyed = false;
  timeout = 0;
  readonly #socket: Socket;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    ({ address: this.remoteAddress, port: this.remotePort } = socket.remoteAddress);
    ({ address: this.localAddress, port: this.localPort } = socket.localAddress);
    this.remoteFamily = familyOf(socket.remoteAddress);
    this.localFamily = familyOf(socket.localAddress);
  }

  get readyState(): string {
    return this.destroyed ? "closed" : "open";
  }

  address(): { address: string; port: number; family: string } {
    return { address: this.localAddress, port: this.localPort, family: this.localFamily };
  }

  destroy(error?: Error): this {
    this.#socket.destroy(error);
    return this;
  }

  destroySoon(): void {
    this.#socket.end();
  }

  end(): this {
    this.#socket.end();
    return this;
  }

  /** Emits `"timeout"` after so many milliseconds, once; 0 ends the wait. */
  setTimeout(ms: number, callback?: () => void): this {
    clearTimeout(this.#timer);
    this.timeout = ms;
    if (callback !== undefined && ms > 0) this.once("timeout", callback);
    if (ms > 0) this.#timer = setTimeout(() => this.emit("timeout"), ms);
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    this.#socket.ref?.();
    return this;
  }

  unref(): this {
    this.#socket.unref?.();
    return this;
  }

  cork(): void {}

  uncork(): void {}

  /** @throws NodeHttpError */
  write(): never {
    throw missing("socket.write()", "write to the response");
  }

  /** @throws NodeHttpError */
  read(): never {
    throw missing("socket.read()", "read the request");
  }

  /** @throws NodeHttpError */
  pipe(): never {
    throw missing("socket.pipe()", "read the request");
  }

  closed(error: Error | undefined): void {
    clearTimeout(this.#timer);
    this.destroyed = true;
    this.readable = false;
    this.writable = false;
    if (error !== undefined && this.listenerCount("error") > 0) this.emit("error", error);
    this.emit("close", error !== undefined);
  }
}

/** Node has two families; a virtual address goes by how it is written. */
export function familyOf({ address, family }: SocketAddress): string {
  if (family === "IPv4" || family === "IPv6") return family;
  return address.includes(":") ? "IPv6" : "IPv4";
}

/** A network whose accepted sockets are told of: when they come and when they are gone. */
export function watchedNetwork(
  network: Network,
  onSocket: (socket: Socket) => (error: Error | undefined) => void,
): Network {
  return {
    connect: (spec) => network.connect(spec),
    descriptors: () => network.descriptors(),
    async listen(spec) {
      const listener = await network.listen(spec);
      return watchedListener(listener, onSocket);
    },
  };
}

function watchedListener(
  listener: Listener,
  onSocket: (socket: Socket) => (error: Error | undefined) => void,
): Listener {
  return {
    address: listener.address,
    close: () => listener.close(),
    async accept() {
      const socket = new WatchedSocket(await listener.accept());
      socket.onGone = onSocket(socket);
      return socket;
    },
  };
}

class WatchedSocket implements Socket {
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  onGone: ((error: Error | undefined) => void) | undefined;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.localAddress = socket.localAddress;
    this.remoteAddress = socket.remoteAddress;
  }

  open(events: SocketEvents): void {
    this.#socket.open({
      onData: (bytes) => events.onData(bytes),
      onEnd: () => events.onEnd(),
      onDrain: () => events.onDrain(),
      onClose: (error) => {
        if (error === undefined) events.onClose();
        else events.onClose(error);
        this.onGone?.(error);
      },
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  write(data: Uint8Array | string, given?: boolean): boolean {
    return this.#socket.write(data, given);
  }

  end(): void {
    this.#socket.end();
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error);
  }

  ref(): void {
    this.#socket.ref?.();
  }

  unref(): void {
    this.#socket.unref?.();
  }
}
