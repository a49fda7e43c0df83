import { ProtocolError } from "../http1/errors.ts";
import { reasonPhrase } from "../http1/reason.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { type KnownHeads, RequestReader } from "../http1/request-reader.ts";
import type { ResponseHeadWriter } from "../http1/response-writer.ts";
import type { Socket, SocketEvents } from "../socket/index.ts";
import type { DateLine } from "./date-line.ts";
import { DRAINING, Exchange, type ExchangeConnection, NONE } from "./exchange.ts";
import { faultOf } from "./faults.ts";
import { FAILED } from "./incoming-body.ts";
import { LingeringClose } from "./lingering-close.ts";
import type { ServerConfig } from "./options.ts";
import { Output } from "./output.ts";
import type { RequestCallback } from "./types.ts";
import { UpgradedSocket } from "./upgraded-socket.ts";
import type { Watchdog, Watched } from "./watchdog.ts";

/** What all connections of a server share. */
export interface ConnectionHost {
  readonly config: ServerConfig;
  /** Has all connections. */
  readonly watchdog: Watchdog<Connection>;
  readonly date: DateLine;
  readonly heads: KnownHeads;
  /** One for all: a head is begun and ended without a wait in between. */
  readonly head: ResponseHeadWriter;
  /** Whether the server is shutting down: answers then close their connection. */
  readonly closing: boolean;
  connectionClosed(connection: Connection): void;
}

/** Who the socket's events are for when no more requests are read from it: its ending, or another protocol. */
interface Successor extends Partial<SocketEvents> {
  /** The server stops. */
  shutDown?(): void;
  checkDeadlines?(now: number): void;
}

/** What the read deadline is for. */
type Awaited = 0 | 1 | 2;
const HEAD = 0;
const REQUEST = 1;
const BODY = 2;

/** Body bytes that restart the body timeout; see `Timeouts.bodyMs`. */
const BODY_PROGRESS = 65_536;
/** For so long after it was accepted a connection is new: its client is about to send. */
const NEW_MS = 500;

/**
 * A wait for the next request counts from the watchdog's next sweep: one begins after every answer, and asking
 * the clock each time would cost 40 of a small request's 350 ns.
 */
const FROM_NEXT_SWEEP = -1;

/** One connection's life: bytes in, requests to the callback one at a time, bytes out. */
export class Connection implements SocketEvents, Watched, ExchangeConnection {
  readonly socket: Socket;
  readonly host: ConnectionHost;
  readonly #callback: RequestCallback;
  // What requests take. An idle connection has none of it: it is made when one comes, given up behind the first, as many
  // clients leave it at that, and from the second on once none has come for a while.
  #reader: RequestReader | undefined;
  #output: Output | undefined;
  #latest: Exchange | undefined;
  #keeps = false;
  /** Requests are read and served, one at a time, until a last answer or an upgrade. */
  #open = true;
  #successor: Successor | undefined;
  #advancing = false;
  #paused = false;
  #peerEnded = false;

  /** When the present wait for the peer's bytes is over; 0 for never. */
  #readDeadline = 0;
  #awaited: Awaited = HEAD;
  /** Body bytes received when the body timeout was last set. */
  #mark = 0;

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
    this.#reader ??= new RequestReader(this.host.config.limits, this.host.heads);
    return this.#reader;
  }

  get output(): Output {
    this.#output ??= new Output(this.socket, this.host.config.limits.maxUnsentBytes);
    return this.#output;
  }

  #ensureExchange(): Exchange {
    this.#latest ??= new Exchange(this, this.#callback);
    return this.#latest;
  }

  /** Whether a request is being served. */
  #isServing(): boolean {
    return this.#latest !== undefined && this.#latest.phase !== NONE;
  }

  get peerEnded(): boolean {
    return this.#peerEnded;
  }

  /** Attaches to the socket: requests are served from now on. */
  start(): void {
    this.#readDeadline = this.#deadline(this.host.config.timeouts.headersMs);
    this.host.watchdog.add(this);
    this.socket.open(this);
  }

  /**
   * The server stops: an idle connection ends, a busy one after its answer, another protocol is told. One that is so
   * new that its first request may be on its way gets the time for that.
   */
  shutDown(): void {
    this.#successor?.shutDown?.();
    if (!this.#open || this.#isServing() || this.reader.buffered > 0) return;
    const { clock, timeouts } = this.host.config;
    const until = this.#readDeadline - timeouts.headersMs + NEW_MS;
    if (this.#awaited === HEAD && until > clock.now()) this.#readDeadline = until;
    else this.linger();
  }

  /** Cuts the connection, whatever it is doing. */
  destroy(): void {
    this.socket.destroy();
  }

  // What the socket says.

  onData(bytes: Uint8Array): void {
    if (!this.#open) return this.#successor?.onData?.(bytes);
    this.reader.feed(bytes);
    if (!this.#isServing()) return this.#advance();
    this.#ensureExchange().progress();
    this.#updateFlow();
  }

  onEnd(): void {
    this.#peerEnded = true;
    if (!this.#open) return this.#successor?.onEnd?.();
    if (!this.#isServing()) return this.#advance();
    // The client may end its side and still wait for its answers; a body that is not whole is lost.
    this.#ensureExchange().progress();
    if (this.#isServing()) this.#ensureExchange().clientEnded();
  }

  onDrain(): void {
    this.#output?.drained();
    if (!this.#open) this.#successor?.onDrain?.();
    else if (!this.#isServing()) this.#advance();
  }

  onClose(error?: Error): void {
    this.#open = false;
    this.host.watchdog.delete(this);
    this.host.connectionClosed(this);
    this.#latest?.lost(error);
    this.#output?.close();
    this.#successor?.onClose?.(error);
  }

  // What the exchange asks for.

  awaitBody(): void {
    if (this.#readDeadline === 0) {
      this.#mark = this.#ensureExchange().request?.incoming?.received ?? 0;
      this.#readDeadline = this.#deadline(this.host.config.timeouts.bodyMs);
      this.#awaited = BODY;
    }
    this.#updateFlow();
  }

  bodyArrived(): void {
    this.#readDeadline = 0;
  }

  /** While requests are being taken what is written leaves behind the last of them. */
  written(): void {
    if (!this.#advancing) this.output.flushSoon();
  }

  exchangeEnded(persistent: boolean): void {
    this.#readDeadline = 0;
    if (!persistent || this.host.closing) this.linger();
    else if (!this.#advancing) this.#advance();
  }

  /** Answers a peer's mistake and closes; nothing that follows it is read as a request. */
  refuse(status: number, error?: ProtocolError): void {
    this.#tellClientError(status, error);
    if (!this.#open) return;
    const text = `${reasonPhrase(status)}\n`;
    const content = this.#latest?.request?.method === "HEAD" ? "" : text;
    const { head, date } = this.host;
    head.begin(status, { "Content-Type": "text/plain; charset=utf-8" });
    this.output.add(head.end(text.length, date.get(), "close", content));
    this.linger();
  }

  /** Says what is to be said yet, and closes in stages. */
  linger(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#latest?.forget();
    this.#readDeadline = 0;
    this.#setPaused(false);
    this.#successor = new LingeringClose(this);
  }

  handOver(): UpgradedSocket {
    this.#open = false;
    this.#readDeadline = 0;
    this.socket.pause();
    const upgraded = new UpgradedSocket(this.socket, this.reader.takeRest());
    this.#successor = upgraded;
    if (!this.output.full) this.#letGo();
    if (this.#peerEnded) upgraded.onEnd();
    if (this.host.closing) upgraded.shutDown();
    return upgraded;
  }

  #tellClientError(status: number, error: ProtocolError | undefined): void {
    const { onClientError } = this.host.config;
    if (onClientError === undefined) return;
    const fault = error ?? faultOf(status);
    if (fault !== undefined) onClientError(fault, this.socket, () => this.#takeOver());
  }

  #takeOver(): UpgradedSocket {
    this.output.flush();
    this.#latest?.forget();
    return this.handOver();
  }

  // How it goes on.

  /** Serves every request that is there. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#open && !this.#isServing() && !this.output.full) {
      const head = this.#nextHead();
      if (head === undefined) break;
      this.#readDeadline = 0;
      this.output.volume = 0;
      this.#ensureExchange().start(head);
    }
    this.#advancing = false;
    if (!this.#open) return;
    if (!this.#isServing()) {
      this.output.flush();
      this.#awaitRequest();
    } else {
      this.output.flushSoon();
      if (this.#peerEnded) this.#ensureExchange().clientEnded();
    }
    if (this.#latest) this.#updateFlow();
    else this.#setPaused(false);
  }

  #nextHead(): RequestHead | undefined {
    try {
      return this.reader.readHead();
    } catch (error) {
      this.refuse((error as ProtocolError).status, error as ProtocolError);
      return undefined;
    }
  }

  /** Nothing to serve: wait for the peer, or end with it. */
  #awaitRequest(): void {
    const { timeouts } = this.host.config;
    if (this.output.full) return;
    if (this.reader.inHead) {
      if (this.#peerEnded) return this.refuse(400);
      // Set once for each head: bytes that trickle in do not extend it.
      if (this.#awaited === HEAD && this.#readDeadline > 0) return;
      this.#readDeadline = this.#deadline(timeouts.headersMs);
      this.#awaited = HEAD;
      return;
    }
    this.reader.release();
    if (this.#peerEnded || this.host.closing) {
      this.linger();
    } else if (this.#readDeadline === 0) {
      this.#readDeadline = FROM_NEXT_SWEEP;
      if (!this.#keeps) this.#letGo();
      this.#awaited = REQUEST;
    }
  }

  /** Makes room, and turns round whether what the next request takes is kept behind it. */
  #letGo(): void {
    this.#keeps = !this.#keeps;
    this.#reader = undefined;
    this.#output = undefined;
    this.#latest = undefined;
  }

  // Time.

  checkDeadlines(now: number): void {
    if (!this.#open) return this.#successor?.checkDeadlines?.(now);
    const { keepAliveMs, writeStallMs } = this.host.config.timeouts;
    if (this.#readDeadline === FROM_NEXT_SWEEP) {
      this.#readDeadline = now + (keepAliveMs || Infinity);
      this.#letGo();
    }
    if (this.#output?.stalled(now, writeStallMs)) this.socket.destroy();
    else if (this.#readDeadline > 0 && now >= this.#readDeadline) this.#timedOut();
  }

  #timedOut(): void {
    this.#readDeadline = 0;
    if (this.#awaited === BODY) this.#bodyTimedOut();
    else if (this.#reader?.inHead) this.refuse(408);
    else this.linger();
  }

  #bodyTimedOut(): void {
    const body = this.#ensureExchange().request?.incoming;
    if (this.#ensureExchange().phase === DRAINING) return this.linger();
    // It is the callback that takes its time.
    if (body === undefined || !body.waiting) return;
    if (body.received - this.#mark >= BODY_PROGRESS) this.awaitBody();
    else this.#ensureExchange().bodyTimedOut(new ProtocolError("RequestTimeout", 408));
  }

  #deadline(ms: number): number {
    return ms > 0 ? this.host.config.clock.now() + ms : 0;
  }

  // Flow, both ways.

  /** Reads on unless more waits than is wanted. */
  #updateFlow(): void {
    if (!this.#open) return;
    const { phase, request } = this.#ensureExchange();
    const wanted =
      phase === DRAINING || (phase === NONE && !this.output.full) || request?.incoming?.waiting === true;
    const enough = this.reader.buffered > this.host.config.limits.maxReadAheadBytes;
    this.#setPaused(!wanted && (enough || request?.incoming?.state === FAILED));
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.socket.pause();
    else this.socket.resume();
  }
}
