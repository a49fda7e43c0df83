import type { Listener, Network, Socket, SocketAddress, SocketEvents } from "../socket/index.ts";

/** What is told of an accepted socket. */
export interface Watch {
  /** Bytes came or went. */
  active(): void;
  gone(error: Error | undefined): void;
}

/** A network whose accepted sockets are told of: when they come, are used, and are gone. */
export function watchedNetwork(network: Network, onSocket: (socket: Socket) => Watch): Network {
  return {
    connect: (spec) => network.connect(spec),
    descriptors: () => network.descriptors(),
    async listen(spec) {
      const listener = await network.listen(spec);
      return watchedListener(listener, onSocket);
    },
  };
}

function watchedListener(listener: Listener, onSocket: (socket: Socket) => Watch): Listener {
  return {
    address: listener.address,
    close: () => listener.close(),
    async accept() {
      const socket = new WatchedSocket(await listener.accept());
      socket.watch = onSocket(socket);
      return socket;
    },
  };
}

class WatchedSocket implements Socket {
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  readonly secure: boolean;
  watch: Watch | undefined;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.localAddress = socket.localAddress;
    this.remoteAddress = socket.remoteAddress;
    this.secure = socket.secure === true;
  }

  get bytesTaken(): number | undefined {
    return this.#socket.bytesTaken;
  }

  open(events: SocketEvents): void {
    this.#socket.open({
      onData: (bytes) => {
        this.watch?.active();
        events.onData(bytes);
      },
      onEnd: () => events.onEnd(),
      onDrain: () => events.onDrain(),
      onClose: (error) => {
        if (error === undefined) events.onClose();
        else events.onClose(error);
        this.watch?.gone(error);
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
    this.watch?.active();
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
