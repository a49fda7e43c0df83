import { ProtocolError } from "../http1/errors.ts";
import { reasonPhrase } from "../http1/reason.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { type KnownHeads, RequestReader } from "../http1/request-reader.ts";
import type { ResponseHeadWriter } from "../http1/response-writer.ts";
import type { Socket, SocketEvents } from "../socket/index.ts";
import { tooLate } from "./errors.ts";
import { Exchange, incomplete } from "./exchange.ts";
import { FAILED } from "./incoming-body.ts";
import type { ServerConfig } from "./options.ts";
import { Output } from "./output.ts";
import type { RequestCallback } from "./types.ts";
import { UpgradedSocket } from "./upgraded-socket.ts";
import type { Watchdog, Watched } from "./watchdog.ts";

/** What all connections of a server share. */
export interface ConnectionHost extends ServerConfig {
  /** Has all connections. */
  readonly watchdog: Watchdog<Connection>;
  readonly heads: KnownHeads;
  /** One for all: a head is begun and ended without a wait in between. */
  readonly head: ResponseHeadWriter;
  /** Whether the server is shutting down: answers then close their connection. */
  readonly closing: boolean;
  connectionClosed(connection: Connection): void;
}

/** For so long after it was accepted a connection is new: its client is about to send. */
const NEW_MS = 500;
/**
 * Bytes that came behind the last answer and are dropped, those that were there at the end included; a peer that goes on
 * sending is left to stall then. A peer that floods sends twice as much in one read, so that one read is all it gets.
 */
const MAX_DROPPED = 32_768;
/** A last answer above this may fill the buffers on the way: the client has as long for it as for any write. */
const MAX_QUICK = 65_536;

/**
 * A wait for the next request counts from the watchdog's next sweep: one begins after every answer, and asking
 * the clock each time would cost 40 of a small request's 350 ns.
 */
const FROM_NEXT_SWEEP = -1;

/**
 * One connection's life: bytes in, requests to the callback one at a time, bytes out. In the end another protocol has it
 * (`handOver`), or it closes in stages (`linger`).
 */
export class Connection implements SocketEvents, Watched {
  readonly socket: Socket;
  readonly host: ConnectionHost;
  /** Whether the peer ended its side: what is not there will not come. */
  peerEnded = false;
  readonly #callback: RequestCallback;
  // What requests take. An idle connection has none of it: it is made when one comes, given up behind the first, as many
  // clients leave it at that, and from the second on once none has come for a while.
  #reader: RequestReader | undefined;
  #output: Output | undefined;
  #keeps = false;
  /** The request that is being served. */
  #exchange: Exchange | undefined;
  /** Requests are read and served, one at a time, until a last answer or an upgrade. */
  #open = true;
  #upgraded: UpgradedSocket | undefined;
  #advancing = false;
  #paused = false;
  #dropped = 0;

  #acceptedAt = 0;
  /** When the present wait for the peer is over; 0 for never. */
  #deadline = 0;
  /** Whether that is the wait for a whole head. */
  #awaitsHead = true;
  /** Body bytes received when the body timeout was last set. */
  #mark = 0;
  /** When octets of the body last came, or began to be waited for. */
  #arrivedAt = 0;

  constructor(socket: Socket, host: ConnectionHost, callback: RequestCallback) {
    this.socket = socket;
    this.host = host;
    this.#callback = callback;
  }

  /** The reader makes views of its own. */
  get takesSubclasses(): boolean {
    return true;
  }

  get reader(): RequestReader {
    this.#reader ??= new RequestReader(this.host.limits, this.host.heads);
    return this.#reader;
  }

  get output(): Output {
    this.#output ??= new Output(this.socket, this.host.limits.maxUnsentBytes);
    return this.#output;
  }

  /** Attaches to the socket: requests are served from now on. */
  start(): void {
    this.#acceptedAt = this.host.clock.now();
    this.#wait(this.host.timeouts.headersMs);
    this.host.watchdog.add(this);
    this.socket.open(this);
  }

  /**
   * The server stops: an idle connection ends, a busy one after its answer, another protocol is told. One that is so
   * new that its first request may be on its way gets the time for that.
   */
  shutDown(): void {
    this.#upgraded?.shutDown();
    if (!this.#open || this.#exchange || this.reader.buffered > 0) return;
    const until = this.#acceptedAt + NEW_MS;
    if (this.#awaitsHead && until > this.host.clock.now()) this.#deadline = until;
    else this.linger();
  }

  // What the socket says.

  onData(bytes: Uint8Array): void {
    if (this.#upgraded) this.#upgraded.onData(bytes);
    else if (this.#open) {
      this.reader.feed(bytes);
      this.#advance();
    } else this.#drop(bytes.length);
  }

  onEnd(): void {
    this.peerEnded = true;
    if (this.#upgraded) this.#upgraded.onEnd();
    else this.#advance();
  }

  onDrain(): void {
    this.#output?.drained();
    if (this.#upgraded) this.#upgraded.onDrain();
    else if (this.#open) this.#advance();
    else this.#endSide();
  }

  onClose(error?: Error): void {
    this.#open = false;
    this.host.watchdog.delete(this);
    this.host.connectionClosed(this);
    this.#exchange?.lost(error);
    this.#output?.drained(true);
    this.#upgraded?.onClose(error);
  }

  // What the exchange asks for.

  /** Octets of the body are waited for from now on. @param received how many have come */
  awaitBody(received: number): void {
    const now = this.host.clock.now();
    if (this.#deadline === 0) {
      this.#mark = received;
      this.#wait(this.host.timeouts.bodyMs);
    } else this.#deadline += now - this.#arrivedAt; // which was the callback's time
    this.#arrivedAt = now;
    this.#updateFlow();
  }

  /** While requests are being taken what is written leaves behind the last of them. */
  written(): void {
    if (!this.#advancing) this.output.flushSoon();
  }

  /** Response and request body are complete. */
  exchangeEnded(persistent: boolean): void {
    this.#deadline = 0;
    this.#exchange = undefined;
    if (!persistent) this.linger();
    else this.#advance();
  }

  /** Tells of a peer's mistake, answers it and closes; nothing that follows it is read as a request. */
  #refuse(error: ProtocolError): void {
    this.host.onClientError(error, this.socket, () => this.handOver());
    if (this.#open) this.turnAway(error.status);
  }

  /** Answers with a status alone, and closes. */
  turnAway(status: number): void {
    const text = `${reasonPhrase(status)}\n`;
    const { head, watchdog } = this.host;
    head.begin(status, { "Content-Type": "text/plain; charset=utf-8" });
    const content = this.#exchange?.method === "HEAD" ? "" : text;
    this.output.add(head.end(text.length, watchdog.dateLine, "close", content));
    this.linger();
  }

  /**
   * Ends the connection in stages (RFC 9112 section 9.6): the peer takes the last answer, our side is ended, and
   * what still comes is read and dropped until the peer ends its own, so that the answer is not lost to a reset.
   */
  linger(): void {
    if (!this.#open) return;
    this.#stop();
    this.#setPaused(false);
    this.#drop(this.reader.buffered);
    this.#reader = undefined;
    if (!this.output.full) this.#endSide();
  }

  /** Gives the connection to another protocol. @throws UsageError `ConnectionClosed` */
  handOver(): UpgradedSocket {
    if (!this.#open) throw tooLate();
    this.#stop();
    this.socket.pause();
    const upgraded = new UpgradedSocket(this.socket, this.reader.takeRest());
    this.#upgraded = upgraded;
    this.#letGo();
    if (this.peerEnded) upgraded.onEnd();
    if (this.host.closing) upgraded.shutDown();
    return upgraded;
  }

  /** No more requests: what was said leaves. */
  #stop(): void {
    this.#open = false;
    this.#deadline = 0;
    this.#exchange?.forget();
    this.#exchange = undefined;
    this.output.flush();
  }

  #endSide(): void {
    const { lingerMs, writeStallMs } = this.host.timeouts;
    const quick = this.output.volume <= MAX_QUICK;
    this.#wait(lingerMs && (quick ? lingerMs : Math.max(lingerMs, writeStallMs || Infinity)));
    this.socket.end();
  }

  #drop(length: number): void {
    this.#dropped += length;
    if (this.#dropped >= MAX_DROPPED) this.socket.pause();
  }

  // How it goes on.

  /** Goes on with the request that is being served, and serves every other that is there. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    const incoming = this.#exchange?.incoming;
    if (incoming?.waiting) {
      this.#arrivedAt = this.host.clock.now();
      incoming.progress();
    }
    while (this.#open && !this.#exchange && !this.output.full) {
      let head: RequestHead | undefined;
      try {
        head = this.reader.readHead();
      } catch (error) {
        // Octets that left with a body before them, which its receiver has transferred, can't be read.
        this.#refuse(error instanceof ProtocolError ? error : incomplete());
      }
      if (head === undefined) break;
      this.#deadline = 0;
      this.output.volume = 0;
      const exchange = new Exchange(this, head);
      this.#exchange = exchange;
      if (head.framing <= this.host.maxBody) exchange.start(this.#callback);
      else this.#refuse(new ProtocolError("BodyTooLarge", 413));
    }
    this.#advancing = false;
    if (!this.#open) return;
    if (this.#exchange) {
      this.output.flushSoon();
      if (this.peerEnded) this.#exchange.clientEnded();
    } else {
      this.output.flush();
      this.#awaitRequest();
    }
    this.#updateFlow();
  }

  /** Nothing to serve: wait for the peer, or end with it. */
  #awaitRequest(): void {
    if (this.output.full) return;
    if (this.reader.buffered > 0) {
      if (this.peerEnded) return this.#refuse(incomplete());
      // Set once for each head: bytes that trickle in do not extend it.
      if (this.#awaitsHead && this.#deadline > 0) return;
      this.#wait(this.host.timeouts.headersMs);
      this.#awaitsHead = true;
      return;
    }
    this.reader.release();
    if (this.peerEnded || this.host.closing) {
      this.linger();
    } else if (this.#deadline === 0) {
      this.#deadline = FROM_NEXT_SWEEP;
      this.#awaitsHead = false;
      if (!this.#keeps) this.#letGo();
    }
  }

  /** Makes room, and turns round whether what the next request takes is kept behind it. */
  #letGo(): void {
    this.#keeps = !this.#keeps;
    this.#reader = undefined;
    this.#output = undefined;
  }

  // Time.

  /** @param ms 0 for ever */
  #wait(ms: number): void {
    this.#deadline = ms > 0 ? this.host.clock.now() + ms : 0;
  }

  checkDeadlines(now: number): void {
    if (this.#upgraded) return;
    const { keepAliveMs, writeStallMs } = this.host.timeouts;
    if (this.#deadline === FROM_NEXT_SWEEP) {
      this.#deadline = now + (keepAliveMs || Infinity);
      this.#letGo();
    }
    if (this.#output?.stalled(now, writeStallMs)) this.socket.destroy();
    else if (this.#deadline > 0 && now >= this.#deadline) this.#timedOut();
  }

  #timedOut(): void {
    this.#deadline = 0;
    if (!this.#open) this.socket.destroy();
    else if (this.#exchange) this.#exchange.bodyTimedOut(this.#mark);
    else if (this.#reader?.buffered) this.#refuse(new ProtocolError("RequestTimeout", 408));
    else this.linger();
  }

  // Flow.

  /** Reads on unless more waits than is wanted. */
  #updateFlow(): void {
    const exchange = this.#exchange;
    const wanted = exchange ? exchange.incoming?.waiting : !this.#output?.full;
    this.#setPaused(
      !wanted &&
        (exchange?.incoming?.state === FAILED || this.reader.buffered > this.host.limits.maxReadAheadBytes),
    );
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.socket.pause();
    else this.socket.resume();
  }
}
