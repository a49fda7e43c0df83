/**
 * The part of Bun's own API that the adapter uses, as types: the package needs no types of Bun's, and
 * whoever reads the adapter sees what it relies on.
 */

/** A TCP connection. `data` is the program's own field. */
export interface RawSocket<Data> {
  data: Data;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Hands bytes to the kernel and says how many it took; what is left the caller has to keep. -1 once closed. */
  write(bytes: Uint8Array | string): number;
  /** Half-closes at once. */
  shutdown(): void;
  /** Closes; what the kernel has still leaves. */
  end(): void;
  /** Resets, and calls `close` before it returns. */
  terminate(): void;
  pause(): void;
  resume(): void;
  setNoDelay(on: boolean): void;
}

export interface RawHandlers<Data> {
  readonly binaryType: "uint8array";
  open(socket: RawSocket<Data>): void;
  /** The bytes are a copy that belongs to the callee. */
  data(socket: RawSocket<Data>, bytes: Uint8Array): void;
  end(socket: RawSocket<Data>): void;
  /** There may be room again; comes at other times too. */
  drain(socket: RawSocket<Data>): void;
  close(socket: RawSocket<Data>, error?: Error): void;
  error(socket: RawSocket<Data>, error: Error): void;
  connectError?(socket: RawSocket<Data>, error: Error): void;
}

export interface RawListener {
  readonly port: number;
  stop(closeConnections: boolean): void;
}

interface TcpOptions<Data> {
  readonly hostname: string;
  readonly port: number;
  readonly allowHalfOpen: true;
  readonly socket: RawHandlers<Data>;
}

export interface Runtime {
  listen<Data>(
    options: TcpOptions<Data> & { readonly reusePort?: boolean; readonly ipv6Only?: boolean },
  ): RawListener;
  connect<Data>(options: TcpOptions<Data>): Promise<RawSocket<Data>>;
  readonly dns: {
    lookup(name: string, options: { family: 0 | 4 | 6 }): Promise<readonly { readonly address: string }[]>;
  };
}

/** @throws TypeError elsewhere than on Bun. */
export function runtime(): Runtime {
  const { Bun } = globalThis as { Bun?: Runtime };
  if (Bun === undefined) throw new TypeError("BunNetwork works on Bun only");
  return Bun;
}
