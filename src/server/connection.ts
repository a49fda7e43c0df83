import { ProtocolError } from "../http1/errors.ts";
import { reasonPhrase } from "../http1/reason.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { type KnownHeads, RequestReader } from "../http1/request-reader.ts";
import type { ResponseHeadWriter } from "../http1/response-writer.ts";
import type { Socket, SocketEvents } from "../socket/index.ts";
import type { DateLine } from "./date-line.ts";
import { DRAINING, Exchange, type ExchangeConnection, incomplete, NONE } from "./exchange.ts";
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

/**
 * Where in its life a connection is; what becomes of one request is the `Exchange`'s.
 *
 * | phase | means | ends with |
 * |---|---|---|
 * | `open` | requests are read and served, one at a time | a last answer: `ending`; `upgrade`: `upgraded` |
 * | `ending` | the last answer waits to be taken by the peer | the drain: `lingering` |
 * | `lingering` | our side is ended, what comes is dropped until the peer ends its own or it is too much | close |
 * | `upgraded` | the bytes are somebody else's | close |
 */
type Phase = 0 | 1 | 2 | 3 | 4;
const OPEN = 0;
const ENDING = 1;
const LINGERING = 2;
const UPGRADED = 3;
const CLOSED = 4;

/** What the read deadline is for. */
type Awaited = 0 | 1 | 2 | 3 | 4;
const HEAD = 0;
const REQUEST = 1;
const BODY = 2;
const ANSWER = 3;
const CLOSE = 4;

/** Body bytes that restart the body timeout; see `Timeouts.bodyMs`. */
const BODY_PROGRESS = 65_536;
/** Bytes behind the last answer that are read and dropped; a peer that goes on sending is left to stall then. */
const MAX_DROPPED = 262_144;
/** For so long after it was accepted a connection is new: its client is about to send. */
const NEW_MS = 500;
/** A last answer above this may fill the buffers on the way: the client has as long for it as for any write. */
const MAX_QUICK = 65_536;

/** So long a client that ended its side may wait for an answer before it is taken to be gone. */
const DOUBT_MS = 100;

/**
 * A wait for the next request counts from the watchdog's next sweep: one begins after every answer, and asking
 * the clock each time would cost 40 of a small request's 350 ns.
 */
const FROM_NEXT_SWEEP = -1;

/** One connection's life: bytes in, requests to the callback one at a time, bytes out. */
export class Connection implements SocketEvents, Watched, ExchangeConnection {
  readonly socket: Socket;
  readonly host: ConnectionHost;
  /** The reader makes views of its own. */
  readonly takesSubclasses = true;
  readonly #callback: RequestCallback;
  // What requests take. An idle connection has none of it: it is made when one comes, given up behind the first, as many
  // clients leave it at that, and from the second on once none has come for a while.
  #reader: RequestReader | undefined;
  #output: Output | undefined;
  #latest: Exchange | undefined;
  #keeps = false;
  #phase: Phase = OPEN;
  #upgraded: UpgradedSocket | undefined;
  #advancing = false;
  #paused = false;
  #peerEnded = false;

  /** When the present wait for the peer's bytes is over; 0 for never. */
  #readDeadline = 0;
  #awaited: Awaited = HEAD;
  /**
   * Body bytes received when the body timeout was last set; behind the last answer, bytes that were dropped; for a
   * client in doubt, bytes that had been written.
   */
  #mark = 0;

  constructor(socket: Socket, host: ConnectionHost, callback: RequestCallback) {
    this.socket = socket;
    this.host = host;
    this.#callback = callback;
  }

  get reader(): RequestReader {
    this.#reader ??= new RequestReader(this.host.config.limits, this.host.heads);
    return this.#reader;
  }

  get output(): Output {
    this.#output ??= new Output(this.socket, this.host.config.limits.maxUnsentBytes);
    return this.#output;
  }

  get #exchange(): Exchange {
    this.#latest ??= new Exchange(this, this.#callback);
    return this.#latest;
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
    if (this.#phase === UPGRADED) this.#upgraded?.shutDown();
    if (this.#phase !== OPEN || this.#exchange.phase !== NONE || this.reader.buffered > 0) return;
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
    if (this.#phase === OPEN) {
      this.reader.feed(bytes);
      if (this.#exchange.phase === NONE) return this.#advance();
      this.#exchange.progress();
      this.#updateFlow();
    } else if (this.#phase === UPGRADED) {
      this.#upgraded?.onData(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    } else {
      this.#mark += bytes.length;
      if (this.#mark > MAX_DROPPED) this.#setPaused(true);
    }
  }

  onEnd(): void {
    this.#peerEnded = true;
    if (this.#phase === UPGRADED) this.#upgraded?.onEnd();
    else if (this.#phase !== OPEN) return;
    else if (this.#exchange.phase === NONE) this.#advance();
    else {
      // The client may end its side and still wait for its answers; a body that is not whole is lost.
      this.#exchange.progress();
      this.#doubtClient();
    }
  }

  onDrain(): void {
    this.output.drained();
    if (this.#phase === UPGRADED) this.#upgraded?.onDrain();
    else if (this.#phase === ENDING) this.#endOurSide();
    else if (this.#phase === OPEN && this.#exchange.phase === NONE) this.#advance();
  }

  onClose(error?: Error): void {
    const upgraded = this.#phase === UPGRADED ? this.#upgraded : undefined;
    this.#phase = CLOSED;
    this.host.watchdog.delete(this);
    this.host.connectionClosed(this);
    this.#latest?.lost(error);
    this.output.close();
    upgraded?.onClose(error);
  }

  // What the exchange asks for.

  awaitBody(): void {
    if (this.#readDeadline === 0) {
      this.#mark = this.#exchange.request?.incoming?.received ?? 0;
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
    if (this.#phase !== OPEN) return;
    const text = `${reasonPhrase(status)}\n`;
    const content = this.#exchange.request?.method === "HEAD" ? "" : text;
    const { head, date } = this.host;
    head.begin(status, { "Content-Type": "text/plain; charset=utf-8" });
    this.output.add(head.end(text.length, date.get(), "close") + content);
    this.linger();
  }

  /**
   * Closes in stages (RFC 9112 section 9.6): our side first, then what still comes is read and dropped until
   * the peer closes, so that the last answer is not lost to a reset.
   */
  linger(): void {
    if (this.#phase !== OPEN) return;
    this.#phase = ENDING;
    this.#exchange.forget();
    this.#readDeadline = 0;
    this.#mark = 0;
    this.output.flush();
    this.#setPaused(false);
    if (!this.output.full) this.#endOurSide();
  }

  handOver(): UpgradedSocket {
    this.#phase = UPGRADED;
    this.#readDeadline = 0;
    this.socket.pause();
    this.#upgraded = new UpgradedSocket(this.socket, this.reader.takeRest());
    if (!this.output.full) this.#letGo();
    if (this.#peerEnded) this.#upgraded.onEnd();
    if (this.host.closing) this.#upgraded.shutDown();
    return this.#upgraded;
  }

  #tellClientError(status: number, error: ProtocolError | undefined): void {
    const { onClientError } = this.host.config;
    if (onClientError === undefined) return;
    const fault = error ?? faultOf(status);
    if (fault !== undefined) onClientError(fault, this.socket, () => this.#takeOver());
  }

  #takeOver(): UpgradedSocket {
    this.output.flush();
    this.#exchange.forget();
    return this.handOver();
  }

  // How it goes on.

  /** Serves every request that is there. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#phase === OPEN && this.#exchange.phase === NONE && !this.output.full) {
      const head = this.#nextHead();
      if (head === undefined) break;
      this.#readDeadline = 0;
      this.output.volume = 0;
      this.#exchange.start(head);
    }
    this.#advancing = false;
    if (this.#phase !== OPEN) return;
    if (this.#exchange.phase === NONE) {
      this.output.flush();
      this.#awaitRequest();
    } else {
      this.output.flushSoon();
      if (this.#peerEnded) this.#doubtClient();
    }
    if (this.#latest) this.#updateFlow();
    else this.#setPaused(false);
  }

  /**
   * TCP says the same of a client that ended its side to wait for the answer and of one that is gone, until it is
   * written to. A callback that takes its time has to know of the latter, so its signal is aborted for both.
   */
  #doubtClient(): void {
    const { request } = this.#exchange;
    this.host.config.clock.setTimeout(() => {
      if (request !== this.#exchange.request) return;
      this.#exchange.doubted();
      this.#mark = -1;
      this.#awaitAnswer();
    }, DOUBT_MS);
  }

  /** A client in doubt is let go when the callback has said nothing for as long as a client may take nothing. */
  #awaitAnswer(): void {
    if (this.#mark === this.output.volume) return this.socket.destroy();
    this.#mark = this.output.volume;
    this.#readDeadline = this.#deadline(this.host.config.timeouts.writeStallMs);
    this.#awaited = ANSWER;
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

  #endOurSide(): void {
    const { lingerMs, writeStallMs } = this.host.config.timeouts;
    this.#phase = LINGERING;
    this.#readDeadline = this.#deadline(
      this.output.volume > MAX_QUICK ? Math.max(lingerMs, writeStallMs) : lingerMs,
    );
    this.#awaited = CLOSE;
    this.socket.end();
  }

  // Time.

  checkDeadlines(now: number): void {
    if (this.#phase === UPGRADED) return;
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
    if (this.#awaited === CLOSE) this.socket.destroy();
    else if (this.#awaited === ANSWER) this.#awaitAnswer();
    else if (this.#awaited === BODY) this.#bodyTimedOut();
    else if (this.reader.inHead) this.refuse(408);
    else this.linger();
  }

  #bodyTimedOut(): void {
    const body = this.#exchange.request?.incoming;
    if (this.#exchange.phase === DRAINING) return this.linger();
    // It is the callback that takes its time.
    if (body === undefined || !body.waiting) return;
    if (body.received - this.#mark >= BODY_PROGRESS) this.awaitBody();
    else this.#exchange.bodyTimedOut(new ProtocolError("RequestTimeout", 408));
  }

  #deadline(ms: number): number {
    return ms > 0 ? this.host.config.clock.now() + ms : 0;
  }

  // Flow, both ways.

  /** Reads on unless more waits than is wanted. */
  #updateFlow(): void {
    const { phase, request } = this.#exchange;
    const wanted =
      this.#phase !== OPEN ||
      phase === DRAINING ||
      (phase === NONE && !this.output.full) ||
      request?.incoming?.waiting === true;
    this.#setPaused(!wanted && this.reader.buffered > this.host.config.limits.maxReadAheadBytes);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused || this.#phase === UPGRADED) return;
    this.#paused = paused;
    if (paused) this.socket.pause();
    else this.socket.resume();
  }
}

/** What is refused by its status alone, as an error; `undefined` for what is no fault of the client's. */
function faultOf(status: number): ProtocolError | undefined {
  if (status === 400) return incomplete();
  if (status === 408) return new ProtocolError("RequestTimeout", 408);
  return status === 413 ? new ProtocolError("BodyTooLarge", 413) : undefined;
}
