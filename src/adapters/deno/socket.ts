import type { Socket, SocketAddress, SocketEvents } from "../../socket/index.ts";
import { ipAddress } from "../ip-address.ts";
import { networkError } from "./errors.ts";
import type { RawConnection } from "./runtime.ts";
import type { TextArena } from "./text-arena.ts";
import { Writer } from "./writer.ts";

/** The room for reads at first, since idle connections hold one, and what it grows to where a read fills it. */
const smallRoomBytes = 4096;
const largeRoomBytes = 65_536;

/**
 * The port's socket over one of Deno's connections, which are asked for bytes and never push them.
 *
 * Strategy: one read is under way while the flow is on. It can't be taken back, so what it brings during
 * a pause is held until `resume`. Nothing that was handed out shares memory with a read that is under way, or with
 * other bytes that were: whoever transfers its buffer takes nobody else's.
 *
 * - `life`: "live", then "dying" (closed here, `onClose` is still to be told), then "closed".
 * - Deno has no reset: `destroy` closes, and the peer sees an end. A reset by the peer is noticed by the next
 *   read or write, so not while paused with nothing to write.
 */
type Life = "live" | "dying" | "closed";
type Inbound = "flowing" | "paused" | "ended";
type Outbound = "open" | "ended";

export class DenoSocket implements Socket {
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  readonly #raw: RawConnection;
  readonly #writer: Writer;
  readonly #texts: TextArena;
  readonly #onGone: () => void;
  #events: SocketEvents | undefined;
  #life: Life = "live";
  #inbound: Inbound = "flowing";
  #outbound: Outbound = "open";
  #room = new Uint8Array(smallRoomBytes);
  #reading = false;
  /** What a read brought during a pause; `null` is the end. */
  #held: Uint8Array | null | undefined;
  #owesDrain = false;
  #error: Error | undefined;

  /**
   * @param texts shared by the network's sockets.
   * @param onGone called once, when the descriptor is free again.
   */
  constructor(raw: RawConnection, texts: TextArena, onGone: () => void) {
    this.#raw = raw;
    this.#texts = texts;
    this.#onGone = onGone;
    this.localAddress = ipAddress(raw.localAddr.hostname, raw.localAddr.port);
    this.remoteAddress = ipAddress(raw.remoteAddr.hostname, raw.remoteAddr.port);
    raw.setNoDelay(true);
    this.#writer = new Writer(raw, {
      onDrain: () => this.#tellDrain(),
      onEnded: () => this.#closeWhenBothEnded(),
      onError: (error) => this.#fail(error),
    });
  }

  get bytesTaken(): number {
    return this.#writer.bytesTaken;
  }

  open(events: SocketEvents): void {
    if (this.#events) throw new TypeError("The socket is open already: it has one consumer");
    this.#events = events;
    if (this.#life === "dying") queueMicrotask(this.#tellClose);
    if (this.#life !== "live") return;
    if (this.#owesDrain) queueMicrotask(() => this.#tellDrain());
    this.#read();
  }

  pause(): void {
    if (this.#inbound === "flowing") this.#inbound = "paused";
  }

  resume(): void {
    if (this.#inbound !== "paused") return;
    this.#inbound = "flowing";
    if (this.#held !== undefined) queueMicrotask(this.#deliverHeld);
    else this.#read();
  }

  write(data: Uint8Array | string): boolean {
    if (this.#outbound !== "open") return false;
    return this.#writer.write(typeof data === "string" ? this.#texts.encode(data) : data);
  }

  end(): void {
    if (this.#outbound !== "open") return;
    this.#outbound = "ended";
    this.#owesDrain = false;
    this.#writer.end();
  }

  destroy(error?: Error): void {
    if (this.#life !== "live") return;
    this.#error ??= error;
    this.#inbound = "ended";
    this.#close();
  }

  #read(): void {
    if (this.#reading || this.#inbound !== "flowing" || this.#life !== "live" || !this.#events) return;
    this.#reading = true;
    this.#raw.read(this.#room).then(this.#arrived, this.#readFailed);
  }

  readonly #arrived = (count: number | null): void => {
    this.#reading = false;
    if (this.#life !== "live") return;
    const bytes = count === null ? null : this.#take(count);
    if (this.#inbound === "paused") this.#held = bytes;
    else this.#deliver(bytes);
  };

  readonly #readFailed = (error: unknown): void => {
    this.#reading = false;
    this.#fail(error);
  };

  /** The bytes of a read, which are the receiver's from now on: a copy, or the room itself, and the next read has another. */
  #take(count: number): Uint8Array {
    const room = this.#room;
    if (count <= room.length / 2) return room.slice(0, count); // of a room that is half empty half would be held for nothing
    this.#room = new Uint8Array(count === room.length ? largeRoomBytes : room.length);
    return room.subarray(0, count);
  }

  readonly #deliverHeld = (): void => {
    const held = this.#held;
    if (held === undefined || this.#inbound !== "flowing" || this.#life !== "live") return;
    this.#held = undefined;
    this.#deliver(held);
  };

  #deliver(bytes: Uint8Array | null): void {
    if (bytes !== null) {
      this.#events?.onData(bytes);
      this.#read();
    } else {
      this.#inbound = "ended";
      this.#events?.onEnd();
      this.#closeWhenBothEnded();
    }
  }

  #tellDrain(): void {
    this.#owesDrain = this.#events === undefined;
    if (this.#life === "live") this.#events?.onDrain();
  }

  #fail(error: unknown): void {
    if (this.#life !== "live") return;
    this.#error ??= networkError(error, "the connection failed");
    this.#close();
  }

  #closeWhenBothEnded(): void {
    if (this.#life === "live" && this.#inbound === "ended" && this.#writer.ended) this.#close();
  }

  #close(): void {
    this.#life = "dying";
    this.#outbound = "ended";
    this.#writer.stop();
    this.#held = undefined;
    this.#raw.close();
    this.#onGone();
    queueMicrotask(this.#tellClose);
  }

  readonly #tellClose = (): void => {
    if (this.#life !== "dying" || !this.#events) return;
    this.#life = "closed";
    this.#events.onClose(this.#error);
  };
}
