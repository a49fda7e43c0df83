import {
  type Clock,
  type NetworkError,
  type Socket,
  type SocketAddress,
  type SocketEvents,
  systemClock,
} from "../../socket/index.ts";
import { ByteQueue } from "../virtual/queue.ts";
import { connectionReset, type Next, TurnSocket } from "../virtual/turn-socket.ts";
import { Channel } from "./channel.ts";
import { CREDIT_STEP, type Message, type PortLike, WINDOW } from "./protocol.ts";

/** Options of `messagePortSocket`. */
export interface MessagePortSocketOptions {
  /** What the socket calls its own end. Default: port 0 of `localhost`. */
  readonly localAddress?: SocketAddress;
  /** What it calls the other end. Default: port 0 of `localhost`. */
  readonly remoteAddress?: SocketAddress;
  /** Bytes that could not be posted yet, above which `write` returns false. Default 65,536. */
  readonly highWaterMark?: number;
  /**
   * Milliseconds between two pings, three of which (twelve before its hello) may stay unanswered before the
   * other side counts as gone. Default 5000; 0 is never.
   */
  readonly heartbeatMs?: number;
  /** Default: the platform's time. */
  readonly clock?: Clock;
}

/** How a link makes sockets. */
export interface SocketSetup extends MessagePortSocketOptions {
  /** Told to the other side with the hello. */
  readonly address?: string;
  /** The other side said hello. */
  onHello?(address: string | undefined): void;
  /** The socket is gone; the error is the one of `onClose`. */
  onGone?(error: Error | undefined): void;
}

const NOWHERE: SocketAddress = /* @__PURE__ */ Object.freeze({
  address: "localhost",
  port: 0,
  family: "virtual",
});
const DEFAULT_HIGH_WATER_MARK = 65_536;
const DEFAULT_HEARTBEAT_MS = 5000;
/** The most bytes of one message: half the window. */
const LARGEST_MESSAGE = 131_072;

/**
 * A socket over a MessagePort. What is written leaves in messages of joined writes, whose buffers are
 * transferred; no more of them are under way than the other side's consumer has given credit for.
 */
export class MessagePortSocket extends TurnSocket {
  override readonly localAddress: SocketAddress;
  #remoteAddress: SocketAddress;
  readonly #channel: Channel;
  readonly #setup: SocketSetup;
  readonly #highWaterMark: number;
  readonly #unsent = new ByteQueue();
  #arrived: Uint8Array[] = [];
  #arrivedBytes = 0;
  #final: "none" | "end" | "taken" = "none";
  #failure: NetworkError | undefined;
  #credit = WINDOW;
  #taken = 0;
  /** What the other side's consumer took, as its credit tells. */
  #bytesTaken = 0;
  #endPosted = false;

  constructor(port: PortLike, setup: SocketSetup) {
    super();
    this.#setup = setup;
    this.localAddress = setup.localAddress ?? NOWHERE;
    this.#remoteAddress = setup.remoteAddress ?? NOWHERE;
    this.#highWaterMark = setup.highWaterMark ?? DEFAULT_HIGH_WATER_MARK;
    this.#channel = new Channel(
      port,
      "socket",
      {
        onHello: (address) => this.#greeted(address),
        onMessage: (message) => this.#onMessage(message),
        onFailure: (error) => this.#fail(error),
      },
      {
        clock: setup.clock ?? systemClock,
        heartbeatMs: setup.heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
        address: setup.address,
      },
    );
  }

  override get remoteAddress(): SocketAddress {
    return this.#remoteAddress;
  }

  get bytesTaken(): number {
    return this.#bytesTaken;
  }

  override write(data: Uint8Array | string): boolean {
    if (!this.live || this.ended) return false;
    this.#unsent.write(data, false, 0);
    this.ask();
    const full = this.#unsent.bytes > this.#highWaterMark;
    this.drainOwed ||= full;
    return !full;
  }

  override end(): void {
    if (!this.live || this.ended) return;
    this.ended = true;
    this.drainOwed = false;
    this.ask();
  }

  override destroy(error?: Error): void {
    if (!this.live) return;
    this.#channel.close("ECONNRESET");
    this.close(error);
  }

  /** The channel below is gone, or the link that carries it. */
  fail(error: NetworkError): void {
    this.#channel.close(error.code);
    this.#fail(error);
  }

  protected override get drained(): boolean {
    return this.#unsent.bytes <= this.#highWaterMark / 2;
  }

  protected override next(events: SocketEvents | undefined): Next {
    this.#send();
    const failure = this.#final === "end" ? undefined : this.#failure; // what had its end before is whole
    if (failure || !events || !this.live) return failure;
    const bytes = this.#arrived.shift();
    if (bytes) this.#took(bytes.byteLength);
    if (bytes || this.#final !== "end") return bytes;
    this.#final = "taken";
    return "end";
  }

  protected override letGo(error: Error | undefined): void {
    this.#channel.close();
    this.#arrived = [];
    this.#unsent.clear();
    this.drainOwed = false;
    this.#setup.onGone?.(error);
  }

  #greeted(address: string | undefined): void {
    if (address !== undefined) this.#remoteAddress = { ...this.#remoteAddress, address };
    this.#setup.onHello?.(address);
  }

  #onMessage(message: Message): void {
    if (message.type === "bytes" && this.#final === "none") this.#receive(message.buffer);
    else if (message.type === "end" && this.#final === "none") this.#final = "end";
    else if (message.type === "credit") this.#credited(message.bytes);
    else this.#channel.fail("EPROTO", "The other side of the port spoke out of turn");
    this.ask();
  }

  #credited(bytes: number): void {
    if (this.#credit + bytes > WINDOW) {
      this.#channel.fail("EPROTO", "The other side of the port took more than it was sent");
      return;
    }
    this.#credit += bytes;
    this.#bytesTaken += bytes;
  }

  #took(bytes: number): void {
    this.#arrivedBytes -= bytes;
    this.#taken += bytes;
    if (this.#taken < CREDIT_STEP) return;
    this.#channel.post(["credit", this.#taken]);
    this.#taken = 0;
  }

  #receive(buffer: ArrayBuffer): void {
    this.#arrivedBytes += buffer.byteLength;
    if (this.#arrivedBytes + this.#taken > WINDOW) {
      this.#channel.fail("EPROTO", "The other side of the port sent more than it had credit for");
      return;
    }
    this.#arrived.push(new Uint8Array(buffer));
  }

  /** A port that closes after both directions were ended is no failure. */
  #fail(error: NetworkError): void {
    if (!this.live || (this.#final !== "none" && this.#endPosted)) return;
    this.#failure = error;
    this.ask();
  }

  #send(): void {
    try {
      while (this.#unsent.bytes > 0 && this.#credit > 0)
        this.#post(this.#unsent.take(Math.min(this.#credit, LARGEST_MESSAGE)));
    } catch (cause) {
      this.#channel.close("ECONNRESET");
      this.close(connectionReset({ cause }));
      return;
    }
    if (!this.ended || this.#endPosted || this.#unsent.bytes > 0) return;
    this.#channel.post(["end"]);
    this.#endPosted = true;
    this.directionEnded();
  }

  /** The queue's blocks are whole buffers that nobody else has, never views: to be transferred as they are. */
  #post({ buffer, byteLength }: Uint8Array): void {
    this.#credit -= byteLength;
    const whole = buffer as ArrayBuffer;
    this.#channel.post(whole, [whole]);
  }
}

/**
 * A socket over a MessagePort, whose other side has to be one too. Everything that holds for sockets holds for
 * it: order, half-close, reset, back-pressure. A port that closes, or whose other side has vanished or says what
 * makes no sense, is a reset.
 *
 * @example
 * ```ts
 * import { toStreams } from "portico";
 * import { messagePortSocket } from "portico/virtual";
 *
 * const { port1, port2 } = new MessageChannel();
 * const here = toStreams(messagePortSocket(port1));
 * const there = toStreams(messagePortSocket(port2)); // in a worker, say, that got port2
 * void there.readable.pipeTo(there.writable); // an echo
 *
 * const writer = here.writable.getWriter();
 * await writer.write(new TextEncoder().encode("Hello"));
 * await writer.close();
 * const echoed = await new Response(here.readable).text(); // "Hello"
 * ```
 */
export function messagePortSocket(port: PortLike, options: MessagePortSocketOptions = {}): Socket {
  return new MessagePortSocket(port, options);
}
