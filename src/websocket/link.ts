import { soon } from "../socket/clock.ts";
import type { Clock, Socket } from "../socket/index.ts";
import { ABNORMAL, NO_STATUS } from "./close-codes.ts";
import { WebSocketProtocolError } from "./errors.ts";
import type { Role } from "./frame-header.ts";
import type { MessageDeflater } from "./frame-writer.ts";
import { KeepAlive } from "./keep-alive.ts";
import { type Incoming, type MessageInflater, MessageReader } from "./message-reader.ts";
import { PING, PONG } from "./opcodes.ts";
import { SendWatch } from "./send-watch.ts";
import { Transmitter } from "./transmitter.ts";

/** How a connection ended (RFC 6455 section 7.1.4 to 7.1.6). */
export interface CloseReport {
  /** What the peer's close frame said; 1005 where it said nothing, 1006 where there was none. */
  readonly code: number;
  readonly reason: string;
  /** Whether both close frames went over the wire before the transport ended. */
  readonly wasClean: boolean;
}

export interface LinkOptions {
  readonly role: Role;
  readonly maxFrameBytes: number;
  readonly maxMessageBytes: number;
  readonly closeTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  readonly maxUnsentBytes: number;
  readonly sendTimeoutMs: number;
  readonly clock: Clock;
  readonly deflateFromBytes: number;
  readonly codec?: { readonly inflater: MessageInflater; readonly deflater: MessageDeflater } | undefined;
}

export interface LinkEvents {
  onMessage(data: string | Uint8Array): void;
  onPing(data: Uint8Array<ArrayBuffer>): void;
  onPong(data: Uint8Array<ArrayBuffer>): void;
  /** Everything that was sent has left. */
  onDrain(): void;
  /** The closing handshake has begun, by whichever side. */
  onClosing(): void;
  /** The connection is failed because of what the peer sent, or because it fell silent or stopped reading. */
  onFault(error: Error): void;
  /** Exactly once, always last. */
  onClose(report: CloseReport): void;
}

/**
 * - open: messages go both ways.
 * - closing: our close frame is out, the peer's is awaited.
 * - finishing: both close frames went over the wire; the transport is to end, the server's side first
 *   (RFC 6455 section 7.1.1), so that the client's port is not the one that lingers.
 * - failed: the peer broke a rule and was told so; whatever it still sends is dropped unread.
 * - closed: the transport has ended.
 */
type Phase = "open" | "closing" | "finishing" | "failed" | "closed";

/** One end of a WebSocket connection: the protocol engine, a socket, and the closing handshake between them. */
export class WebSocketLink {
  readonly #socket: Socket;
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #reader: MessageReader;
  readonly #out: Transmitter;
  readonly #watch: SendWatch;
  #keepAlive: KeepAlive | undefined;
  #phase: Phase = "open";
  #report: CloseReport = { code: ABNORMAL, reason: "", wasClean: false };
  #closeTimer: unknown;
  #paused = false;
  #reading = false;
  /** The pong that a congested connection still owes; a later ping replaces it (section 5.5.3). */
  #owedPong: Uint8Array | undefined;

  constructor(socket: Socket, options: LinkOptions, events: LinkEvents) {
    const { role, maxFrameBytes, maxMessageBytes, deflateFromBytes, codec } = options;
    this.#socket = socket;
    this.#options = options;
    this.#events = events;
    this.#reader = new MessageReader({ role, maxFrameBytes, maxMessageBytes, inflater: codec?.inflater });
    this.#watch = new SendWatch(socket, options, (error) => this.#drop(error));
    this.#out = new Transmitter(socket, { role, deflateFromBytes, deflater: codec?.deflater }, this.#watch);
  }

  /** Bytes of messages that the socket did not take yet. */
  get bufferedAmount(): number {
    return this.#out.unsent;
  }

  get congested(): boolean {
    return this.#out.congested;
  }

  /** Takes the socket's events. */
  start(): void {
    const { clock, pingIntervalMs, pongTimeoutMs } = this.#options;
    if (pingIntervalMs > 0) {
      this.#keepAlive = new KeepAlive({
        clock,
        intervalMs: pingIntervalMs,
        timeoutMs: pongTimeoutMs,
        // Who doesn't read can't hear an answer.
        ask: () => (this.#paused ? this.#keepAlive?.heard() : this.control(PING, new Uint8Array(0))),
        dead: () => this.#drop(new Error(`no byte for ${pongTimeoutMs} ms after a ping`)),
      });
    }
    this.#socket.open({
      onData: (bytes) => this.#onData(bytes),
      onEnd: () => this.#onEnd(),
      onDrain: () => this.#onDrain(),
      onClose: (error) => this.#onClose(error),
    });
  }

  text(message: string): void {
    if (this.#phase === "open") this.#out.text(message);
  }

  binary(message: Uint8Array): void {
    if (this.#phase === "open") this.#out.binary(message);
  }

  control(opcode: typeof PING | typeof PONG, payload: Uint8Array): void {
    if (this.#phase === "open") this.#out.control(opcode, payload);
  }

  /** Starts the closing handshake. */
  close(code?: number, reason?: Uint8Array): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#sendClose(code, reason);
    this.#events.onClosing();
  }

  /** Drops the connection: the peer sees a reset, and what came of it is nobody's from now on. */
  destroy(error?: Error): void {
    if (this.#phase === "open" || this.#phase === "closing") {
      this.#phase = "failed";
      this.#events.onClosing();
    }
    this.#socket.destroy(error);
  }

  /** Stops the flow of messages; the socket's too, so that the peer feels it. */
  pause(): void {
    if (this.#paused || this.#phase !== "open") return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // Not from inside the caller: what the reader has left are events. They go before what the socket says next, which
    // may be the end of all.
    soon(() => {
      this.#read();
      if (!this.#paused) this.#socket.resume();
    });
  }

  #onData(bytes: Uint8Array): void {
    this.#keepAlive?.heard();
    if (this.#phase !== "open" && this.#phase !== "closing") return;
    this.#reader.push(bytes);
    this.#read();
  }

  /** Hands on what the reader has, and writes in one go what was sent meanwhile. */
  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#out.cork();
    while (!this.#paused && (this.#phase === "open" || this.#phase === "closing")) {
      let incoming: Incoming | undefined;
      try {
        incoming = this.#reader.next();
      } catch (error) {
        this.#fail(error);
        break;
      }
      if (incoming === undefined) break;
      this.#handle(incoming);
    }
    this.#reading = false;
    this.#out.uncork();
  }

  #handle(incoming: Incoming): void {
    switch (incoming.type) {
      case "text":
      case "binary":
        // After our close frame nobody waits for messages.
        if (this.#phase === "open") this.#events.onMessage(incoming.data);
        break;
      case "ping":
        if (this.#out.congested) this.#owedPong = incoming.data;
        else this.control(PONG, incoming.data);
        this.#events.onPing(incoming.data);
        break;
      case "pong":
        this.#events.onPong(incoming.data);
        break;
      case "close":
        this.#onCloseFrame(incoming.code, incoming.reason);
    }
  }

  #onCloseFrame(code: number, reason: string): void {
    this.#report = { code, reason, wasClean: true };
    const answer = this.#phase === "open";
    this.#phase = "finishing";
    if (answer) {
      // With its reason, as browsers and ws do: who closed finds it in its own event.
      this.#sendClose(code === NO_STATUS ? undefined : code, new TextEncoder().encode(reason));
      this.#events.onClosing();
    }
    if (this.#options.role === "server") this.#end();
  }

  /** Our close frame is the last thing that we send, and the rest may not take for ever. */
  #sendClose(code?: number, reason?: Uint8Array): void {
    this.#keepAlive?.stop();
    this.#owedPong = undefined;
    this.#out.close(code, reason);
    this.resume();
    this.#closeTimer ??= this.#options.clock.setTimeout(
      () => this.#socket.destroy(),
      this.#options.closeTimeoutMs,
    );
  }

  /** _Fail the WebSocket Connection_ (section 7.1.7). The orderly end lets the peer read why. */
  #fail(error: unknown): void {
    const fault = error instanceof Error ? error : new Error("reading failed", { cause: error });
    const mayTell = this.#phase === "open";
    this.#phase = "failed";
    if (mayTell) this.#sendClose(fault instanceof WebSocketProtocolError ? fault.closeCode : 1011);
    this.#end();
    this.#events.onClosing();
    this.#events.onFault(fault);
  }

  /** The peer is not there any more, or as good as not. */
  #drop(error: Error): void {
    // Before anybody is told: what the program says to the error is not to be one message too many again.
    this.#watch.stop();
    this.destroy();
    this.#events.onFault(error);
  }

  /** The peer ended the transport: fine after the closing handshake, abnormal before. */
  #onEnd(): void {
    if (this.#phase === "open") {
      this.#phase = "failed";
      this.#events.onClosing();
    }
    this.#closeTimer ??= this.#options.clock.setTimeout(
      () => this.#socket.destroy(),
      this.#options.closeTimeoutMs,
    );
    this.#end();
  }

  #end(): void {
    this.#out.flush();
    this.#socket.end();
  }

  #onClose(error: Error | undefined): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#keepAlive?.stop();
    this.#watch.stop();
    this.#options.clock.clearTimeout(this.#closeTimer);
    if (error !== undefined && !this.#report.wasClean) this.#events.onFault(error);
    this.#events.onClose(this.#report);
  }

  #onDrain(): void {
    this.#out.onDrain();
    if (this.#owedPong !== undefined) {
      this.control(PONG, this.#owedPong);
      this.#owedPong = undefined;
    }
    if (!this.#out.congested) this.#events.onDrain();
  }
}
