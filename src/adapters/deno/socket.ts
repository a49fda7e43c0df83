import type { Socket, SocketAddress, SocketEvents } from "../../socket/index.ts";
import { ipAddress } from "../ip-address.ts";
import { networkError } from "./errors.ts";
import type { RawConnection } from "./runtime.ts";
import type { TextArena } from "./text-arena.ts";
import { Writer } from "./writer.ts";

/** The room for reads at first, since idle connections hold one, and what it grows to where a read fills it. */
const smallRoomBytes = 4096;
const largeRoomBytes = 65_536;
/** With less left a new room is taken. */
const leastRoomBytes = 1024;

/**
 * The port's socket over one of Deno's connections, which are asked for bytes and never push them.
 *
 * Strategy: one read is under way while the flow is on. It can't be taken back, so what it brings during
 * a pause is held until `resume`. Reads fill their room one after the other and the receiver gets its part of
 * it, so nothing is copied and a small read costs no allocation of memory.
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
  #used = 0;
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
    const room = this.#used === 0 ? this.#room : this.#room.subarray(this.#used);
    this.#raw.read(room).then(this.#arrived, this.#readFailed);
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

  /** The bytes of a read, which are the receiver's from now on. */
  #take(count: number): Uint8Array {
    const room = this.#room;
    const bytes = room.subarray(this.#used, this.#used + count);
    this.#used += count;
    if (room.length - this.#used < leastRoomBytes) {
      this.#room = new Uint8Array(this.#used === room.length ? largeRoomBytes : room.length);
      this.#used = 0;
    }
    return bytes;
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
