/**
 * The port that everything above the transport is written against: one ordered, reliable,
 * two-way stream of bytes. Its contract is in words here and in code in
 * `testing/socket-contract.ts`, which every adapter has to pass.
 *
 * Rules that both sides rely on:
 *
 * 1. A socket is created paused. Nothing is delivered before `open`, and nothing is lost before it: data,
 *    the end, a drain and the close come after it, in their order.
 * 2. Events are never delivered from inside a call to the socket: `write` does not return into
 *    `onDrain`, `destroy` does not return into `onClose`, `open` does not return into `onData`.
 * 3. Order: any number of `onData`, then at most one `onEnd`, and `onClose` exactly once and last.
 *    After `destroy` only `onClose` comes, after `onClose` no method has an effect.
 * 4. Both directions end on their own. A peer's half-close (`onEnd`) leaves `write` working; `end()`
 *    leaves `onData` coming. When both have ended, and the consumer was told, the socket closes by itself,
 *    without an error.
 * 5. Bytes given to `onData` belong to the receiver: the adapter never touches them again. Bytes
 *    given to `write` belong to the socket: the caller must not change them afterwards. It may read them and
 *    write them again.
 */

/** Where one end of a connection is. `address` is the path for `"unix"`, and `port` is then 0. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
  readonly family: "IPv4" | "IPv6" | "unix" | "virtual";
}

/** What the one consumer of a socket is told. */
export interface SocketEvents {
  /**
   * The consumer does not change or transfer what `onData` brings, so that it may be memory which the peer
   * has lent it (`given`). Looked at before each `onData`. Default false: the bytes are the consumer's alone.
   */
  readonly borrows?: boolean;
  /**
   * The consumer takes any subclass of Uint8Array (Node's `Buffer`), which it does not hand on as it came: where the
   * platform has one that saves an object for each `onData`. Looked at by `open`. Default false: plain ones.
   */
  readonly takesSubclasses?: boolean;
  /** At least one byte arrived. Never called while paused. */
  onData(bytes: Uint8Array): void;
  /** The peer half-closed: no further `onData`. Delivered after all data, so not while paused. */
  onEnd(): void;
  /** After a `write` that returned false: what was queued has left, write on. */
  onDrain(): void;
  /**
   * The socket is gone. Without an error both sides ended it, or `destroy()` was called without one.
   * A reset by the peer is a `NetworkError` with code `ECONNRESET`. A pause does not hold it back, but some
   * transports (TCP on Node) learn of a reset only when they read or write.
   */
  onClose(error?: Error): void;
}

export interface Socket {
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  /** Whether the transport is secured (TLS): the scheme of what is asked for over it is then `https`. Default false. */
  readonly secure?: boolean;

  /**
   * How many of the bytes written the transport has passed on, where it can tell: to the peer, or to a kernel which
   * holds some megabytes for it. Never less than before. Asked for seldom. A socket without it is judged by its drains.
   */
  readonly bytesTaken?: number | undefined;

  /**
   * Attaches the one consumer and starts the flow, unless `pause` was called before: then `resume` does.
   * A second call throws a `TypeError`.
   */
  open(events: SocketEvents): void;

  /** After it returns there is no `onData` and no `onEnd` until `resume`. Idempotent. */
  pause(): void;
  /** Undoes `pause`. Idempotent. */
  resume(): void;

  /**
   * Queues bytes; a string is sent as UTF-8, with U+FFFD for a lone surrogate. All bytes leave in the order
   * written; an empty write does nothing.
   * @returns false when more is queued than the high-water mark: the bytes were still taken, and the
   * caller should wait for `onDrain`. After `end` or `destroy` the bytes are dropped and it returns false.
   * @param given of bytes: the caller lends them to the peer, as `enqueue` does with a stream's chunk and whoever
   * reads the stream. A network within the process then need not copy them for a consumer that `borrows`,
   * others take no notice. Of a string: it is ASCII alone, which is encoded faster by who is told. Default false.
   */
  write(data: Uint8Array | string, given?: boolean): boolean;

  /**
   * What is written between the two leaves together where the transport can do that (one system call for a head
   * and its body on Node). Other sockets have neither.
   */
  cork?(): void;
  uncork?(): void;

  /** Half-closes after what was written; no `onDrain` comes after it. Idempotent. */
  end(): void;

  /**
   * Aborts: what is still queued is dropped, and the peer sees a reset, never an orderly end, where the
   * transport can tell the two apart. What has left with an `end` behind it still arrives, and the reset, if any, is
   * told to a peer that has taken it. `onClose(error)` follows. Idempotent.
   */
  destroy(error?: Error): void;

  /**
   * Where a runtime waits for open sockets before it ends (Node does): after `unref` it does not wait for this
   * one, after `ref`, the state at the start, it does again. Other networks have neither.
   */
  unref?(): void;
  ref?(): void;
}
