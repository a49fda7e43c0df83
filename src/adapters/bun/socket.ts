import { NetworkError, type Socket, type SocketAddress, type SocketEvents } from "../../socket/index.ts";
import { ipAddress } from "../ip-address.ts";
import { networkError } from "./errors.ts";
import type { RawHandlers, RawSocket } from "./runtime.ts";

/**
 * The port's socket over one of Bun's.
 *
 * Strategy: Bun hands bytes straight to the kernel and queues nothing, so what the kernel didn't take waits
 * here until `drain`. The callbacks are shared by all sockets and find theirs in `raw.data`, so a
 * connection costs one object and no closure. `terminate` calls `close` before it returns, therefore
 * `onClose` is always told a microtask later.
 *
 * - `life`: "live" until `destroy` ("destroyed") or until Bun closed ("gone": `onClose` is still to be told),
 *   then "closed".
 * - `inbound`: what comes while "paused" is held here, an end too ("end held", "end due" in the resuming turn). Bun
 *   reads a connection to its end when that is reset or over, paused or not, and data is held for that as well. A
 *   reset overtakes what a pause holds; before `open` nothing is lost to it.
 * - `outbound`: "ending" is an `end` that waits for the queue.
 */
type Life = "live" | "destroyed" | "gone" | "closed";
type Inbound = "flowing" | "paused" | "end held" | "end due" | "ended";
type Outbound = "open" | "ending" | "ended";
type Raw = RawSocket<BunSocket>;

const encoder = new TextEncoder();

export class BunSocket implements Socket {
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  readonly #raw: Raw;
  readonly #onGone: () => void;
  readonly #queue: Uint8Array[] = [];
  /** Data that came while nobody took any. */
  readonly #held: Uint8Array[] = [];
  #events: SocketEvents | undefined;
  #life: Life = "live";
  #inbound: Inbound = "flowing";
  #outbound: Outbound = "open";
  #owesDrain = false;
  #written = 0;
  #error: Error | undefined;

  /**
   * @param raw connected, and nothing was read from it.
   * @param onGone called once, when the descriptor is free again.
   */
  constructor(raw: Raw, onGone: () => void) {
    this.#raw = raw;
    this.#onGone = onGone;
    this.localAddress = ipAddress(raw.localAddress, raw.localPort);
    this.remoteAddress = ipAddress(raw.remoteAddress, raw.remotePort);
    raw.setNoDelay(true);
    raw.pause();
  }

  get bytesTaken(): number {
    return this.#queue.reduce((taken, { length }) => taken - length, this.#written);
  }

  open(events: SocketEvents): void {
    if (this.#events) throw new TypeError("The socket is open already: it has one consumer");
    this.#events = events;
    queueMicrotask(() => this.#settle());
    if (this.#life !== "live") return;
    if (this.#owesDrain && this.#queue.length === 0) queueMicrotask(() => this.#tellDrain());
    if (this.#inbound === "flowing") this.#raw.resume();
  }

  pause(): void {
    if (this.#inbound === "flowing") {
      this.#inbound = "paused";
      this.#raw.pause();
    } else if (this.#inbound === "end due") {
      this.#inbound = "end held";
    }
  }

  resume(): void {
    if (this.#inbound === "paused") {
      this.#inbound = "flowing";
      if (!this.#events) return;
      if (this.#held.length > 0) queueMicrotask(() => this.#settle());
      this.#raw.resume();
    } else if (this.#inbound === "end held") {
      this.#inbound = "end due";
      queueMicrotask(() => this.#settle());
    }
  }

  write(data: Uint8Array | string): boolean {
    if (this.#outbound !== "open") return false;
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    this.#written += bytes.length;
    if (this.#queue.length === 0) {
      const taken = this.#raw.write(bytes);
      if (taken === bytes.length) return true;
      this.#queue.push(taken > 0 ? bytes.subarray(taken) : bytes);
    } else if (bytes.length > 0) {
      this.#queue.push(bytes);
    }
    this.#owesDrain = true;
    return false;
  }

  end(): void {
    if (this.#outbound !== "open") return;
    this.#owesDrain = false;
    this.#outbound = this.#queue.length === 0 ? "ended" : "ending";
    if (this.#outbound === "ended") this.#raw.shutdown();
  }

  destroy(error?: Error): void {
    if (this.#life === "destroyed" || this.#life === "closed") return;
    this.#error ??= error;
    const given = this.#outbound === "ended"; // the kernel has all of it, and a reset would take it back
    this.#outbound = "ended";
    this.#queue.length = 0;
    this.#dropInbound();
    if (this.#life === "live") {
      this.#life = "destroyed";
      if (given) this.#raw.end();
      else this.#raw.terminate();
    } else {
      queueMicrotask(() => this.#settle());
    }
  }

  #flush(): void {
    while (this.#queue.length > 0) {
      const bytes = this.#queue[0]!;
      const taken = this.#raw.write(bytes);
      if (taken < bytes.length) {
        if (taken > 0) this.#queue[0] = bytes.subarray(taken);
        return;
      }
      this.#queue.shift();
    }
    if (this.#outbound === "ending") {
      this.#outbound = "ended";
      this.#raw.shutdown();
    }
    if (this.#events) this.#tellDrain();
  }

  #tellDrain(): void {
    if (!this.#owesDrain || this.#life !== "live") return;
    this.#owesDrain = false;
    this.#events?.onDrain();
  }

  #dropInbound(): void {
    this.#held.length = 0;
    this.#inbound = "ended";
  }

  #take(bytes: Uint8Array): void {
    if (this.#events && this.#inbound === "flowing" && this.#held.length === 0) this.#events.onData(bytes);
    else this.#held.push(bytes);
  }

  #takeEnd(): void {
    this.#inbound = this.#inbound === "paused" ? "end held" : "end due";
    if (this.#held.length > 0) queueMicrotask(() => this.#settle());
    else this.#settle();
  }

  /** Whether no pause holds the data: it comes before an end that is due. */
  get #flows(): boolean {
    return this.#inbound === "flowing" || this.#inbound === "end due";
  }

  /** Tells what is due and was not told: data, the end, then the close, unless a pause holds them. */
  #settle(): void {
    if (!this.#events) return;
    while (this.#held.length > 0 && this.#flows) this.#events.onData(this.#held.shift()!);
    if (this.#inbound === "end due") {
      this.#inbound = "ended";
      this.#events.onEnd();
    }
    if (this.#life !== "gone" || this.#inbound === "end held") return;
    this.#life = "closed";
    this.#events.onClose(this.#error);
  }

  /** Once both sides ended Bun closes, and doesn't tell the peer's end where that was the later one. */
  #gone(error: Error | undefined): void {
    if (this.#life === "live") {
      if (error) this.#error ??= networkError(error, "the connection failed");
      else if (this.#inbound === "paused") this.#inbound = "end held";
      else if (this.#inbound === "flowing") this.#inbound = "end due";
      // The peer had ended and this side had not: Bun closes then for a reset alone, and names no error.
      else if (this.#outbound !== "ended")
        this.#error ??= new NetworkError("ECONNRESET", "the peer reset the connection");
      if (this.#error && this.#events) this.#dropInbound();
    }
    this.#life = "gone";
    this.#outbound = "ended";
    this.#onGone();
    queueMicrotask(() => this.#settle());
  }

  /** What Bun calls, for listeners and for connections alike. */
  static handlers(opened: (raw: Raw) => void): RawHandlers<BunSocket> {
    return {
      binaryType: "uint8array",
      open: opened,
      data(raw, bytes) {
        const socket = raw.data;
        if (socket.#life === "live") socket.#take(bytes);
      },
      end(raw) {
        const socket = raw.data;
        if (socket.#life === "live") socket.#takeEnd();
      },
      drain(raw) {
        const socket = raw.data;
        if (socket.#life === "live" && socket.#queue.length > 0) socket.#flush();
      },
      close: (raw, error) => raw.data.#gone(error),
      error: (raw, error) => raw.data.destroy(networkError(error, "the connection failed")),
    };
  }
}
