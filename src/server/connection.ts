import type { BodyEvent } from "../http1/body-reader.ts";
import { ProtocolError } from "../http1/errors.ts";
import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import { reasonPhrase } from "../http1/reason.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { RequestReader } from "../http1/request-reader.ts";
import type { ResponseHeadWriter } from "../http1/response-writer.ts";
import { NetworkError, type Socket, type SocketEvents } from "../socket/index.ts";
import type { DateLine } from "./date-line.ts";
import { UsageError } from "./errors.ts";
import type { ServerConfig } from "./options.ts";
import { connectionClosed, RESOLVED } from "./outgoing-body.ts";
import { Output } from "./output.ts";
import { type Exchange, ServerRequest } from "./request.ts";
import type { RequestCallback } from "./types.ts";
import { UpgradedSocket } from "./upgraded-socket.ts";
import type { Watchdog, Watched } from "./watchdog.ts";

/** What all connections of a server share. */
export interface ConnectionHost {
  readonly config: ServerConfig;
  readonly watchdog: Watchdog;
  readonly date: DateLine;
  /** One for all: a head is begun and ended without a wait in between. */
  readonly head: ResponseHeadWriter;
  /** Whether the server is shutting down: answers then close their connection. */
  readonly closing: boolean;
  connectionClosed(connection: Connection): void;
}

/**
 * Where in its life a connection is.
 *
 * | phase | means | ends with |
 * |---|---|---|
 * | `idle` | no request, or a head that is not complete | a head: `serving`; a broken one: `lingering` |
 * | `serving` | a request is with the callback | response and request body complete |
 * | `draining` | answered, the rest of the request body is read and dropped | its end: `idle` |
 * | `lingering` | our side is ended, what comes is dropped until the peer ends its own | close |
 * | `upgraded` | the bytes are somebody else's | close |
 */
type Phase = "idle" | "serving" | "draining" | "lingering" | "upgraded" | "closed";

/** Bytes that may arrive ahead of being wanted (pipelined requests, body) before reading pauses. */
const MAX_BUFFERED = 65_536;
/** Rest of a body that is read and dropped to keep the connection; above it closing is cheaper. */
const MAX_DRAIN = 262_144;
/** Body bytes that restart the body timeout; see `Timeouts.bodyMs`. */
const BODY_PROGRESS = 65_536;

/**
 * A wait for the next request counts from the watchdog's next sweep: one begins after every answer, and asking
 * the clock each time would cost 35 of a small request's 690 ns.
 */
const FROM_NEXT_SWEEP = -1;

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** One connection's life: bytes in, requests to the callback one at a time, bytes out. */
export class Connection implements SocketEvents, Watched, Exchange {
  readonly socket: Socket;
  readonly #host: ConnectionHost;
  readonly #callback: RequestCallback;
  readonly #reader: RequestReader;
  readonly #output: Output;
  #phase: Phase = "idle";
  #request: ServerRequest | undefined;
  #upgraded: UpgradedSocket | undefined;

  #cancelProducer: (() => void) | undefined;

  #advancing = false;
  #paused = false;
  #peerEnded = false;
  #responseDone = true;
  #closeAfter = false;
  #continueOwed = false;
  /** Body bytes received when the body timeout was last set. */
  #bodyMark = 0;
  #waitsFor: "head" | "request" = "head";

  /** When the present wait for the peer's bytes, or for it to take ours, is over; 0 for never. */
  #readDeadline = 0;
  #writeDeadline = 0;

  constructor(socket: Socket, host: ConnectionHost, callback: RequestCallback) {
    this.socket = socket;
    this.#host = host;
    this.#callback = callback;
    this.#reader = new RequestReader(host.config.limits);
    this.#output = new Output(socket);
  }

  /** Attaches to the socket: requests are served from now on. */
  start(): void {
    this.#readDeadline = this.#deadline(this.#host.config.timeouts.headersMs);
    this.#host.watchdog.add(this);
    this.socket.open(this);
  }

  // What the socket says.

  onData(bytes: Uint8Array): void {
    switch (this.#phase) {
      case "upgraded":
        this.#upgraded?.onData(bytes);
        return;
      case "lingering":
      case "closed":
        return;
      case "idle":
        this.#reader.feed(bytes);
        this.#advance();
        return;
      case "serving":
        this.#reader.feed(bytes);
        this.#request?.incoming?.progress();
        break;
      case "draining":
        this.#reader.feed(bytes);
        this.#drain();
        break;
    }
    this.#updateFlow();
  }

  onEnd(): void {
    this.#peerEnded = true;
    switch (this.#phase) {
      case "upgraded":
        this.#upgraded?.onEnd();
        break;
      case "idle":
        this.#advance();
        break;
      case "serving":
        // The client may end its side and still wait for its answers; a body that is not whole is lost.
        this.#request?.incoming?.progress();
        break;
      case "draining":
        this.#linger();
        break;
    }
  }

  onDrain(): void {
    this.#writeDeadline = 0;
    this.#output.drained();
    if (this.#phase === "upgraded") this.#upgraded?.onDrain();
    else if (this.#phase === "idle") this.#advance();
  }

  onClose(error?: Error): void {
    const phase = this.#phase;
    this.#phase = "closed";
    this.#host.watchdog.delete(this);
    this.#host.connectionClosed(this);
    const request = this.#request;
    if (request !== undefined) {
      request.incoming?.fail(incomplete());
      if (!this.#responseDone) {
        request.connectionLost(new NetworkError("ECONNRESET", "the client went away", { cause: error }));
      }
    }
    this.#output.close();
    this.#cancelProducer?.();
    if (phase === "upgraded") this.#upgraded?.onClose(error);
  }

  // What the server says.

  /** The server stops: an idle connection ends, a busy one after its answer. */
  shutDown(): void {
    if (this.#phase === "idle" && !this.#reader.inHead && this.#reader.buffered === 0) this.#linger();
  }

  /** Cuts the connection, whatever it is doing. */
  destroy(): void {
    this.socket.destroy();
  }

  checkDeadlines(now: number): void {
    if (this.#readDeadline === FROM_NEXT_SWEEP)
      this.#readDeadline = now + this.#host.config.timeouts.keepAliveMs;
    if (this.#writeDeadline > 0 && now >= this.#writeDeadline) this.socket.destroy();
    else if (this.#readDeadline > 0 && now >= this.#readDeadline) this.#timedOut();
  }

  // What the request and its response ask for (`Exchange`).

  get head(): ResponseHeadWriter {
    return this.#host.head;
  }

  get dateLine(): string {
    return this.#host.date.get();
  }

  get maxBody(): number {
    return this.#host.config.maxBody;
  }

  get closed(): boolean {
    return this.#phase === "closed" || this.#phase === "lingering";
  }

  get trailers(): HttpHeaders {
    const lines = this.#reader.trailers;
    return lines === undefined ? new HttpHeaders() : HttpHeaders.fromLines(lines);
  }

  readBody(): BodyEvent {
    const event = this.#reader.readBody();
    if (event === "need-more" && this.#peerEnded) throw incomplete();
    return event;
  }

  bodyWanted(): void {
    if (this.#continueOwed) {
      this.#continueOwed = false;
      this.#output.text(CONTINUE);
      this.#flush();
    }
    if (this.#readDeadline === 0) {
      this.#bodyMark = this.#request?.incoming?.received ?? 0;
      this.#readDeadline = this.#deadline(this.#host.config.timeouts.bodyMs);
    }
    this.#updateFlow();
  }

  bodyEnded(): void {
    this.#readDeadline = 0;
    this.#request?.bodyEnded();
    // Not from inside the read: who reads has to get what was read first.
    if (this.#responseDone && this.#phase === "serving") queueMicrotask(() => this.#complete());
  }

  mayPersist(): boolean {
    const request = this.#request;
    if (request === undefined || this.#closeAfter || this.#host.closing || !request.head.keepAlive)
      return false;
    const body = request.incoming;
    if (body === undefined || body.state === "ended") return true;
    // A body that nobody will read has to be small enough to be dropped, and must be on its way.
    return body.state === "open" && !this.#continueOwed && request.head.framing - body.received <= MAX_DRAIN;
  }

  responseStarted(persistent: boolean): void {
    const request = this.#request;
    if (request !== undefined) request.answered = true;
    if (!persistent) this.#closeAfter = true;
    // After a final status no interim one may follow.
    this.#continueOwed = false;
  }

  streamStarting(): void {
    if (this.#continueOwed && this.#request?.incoming?.taken) this.bodyWanted();
  }

  writeText(text: string): void {
    if (this.#phase !== "serving") return;
    this.#output.text(text);
    this.#written();
  }

  writeBytes(bytes: Uint8Array, given = false): void {
    if (this.#phase !== "serving") return;
    this.#output.bytes(bytes, given);
    this.#written();
  }

  writable(): Promise<void> {
    return this.#output.writable();
  }

  setProducer(cancel: (() => void) | undefined): void {
    this.#cancelProducer = cancel;
  }

  responseEnded(): void {
    if (this.#phase !== "serving") return;
    this.#responseDone = true;
    if (!this.#advancing) this.#complete();
  }

  abort(error?: unknown): void {
    if (this.#phase !== "serving") return;
    if (error !== undefined && this.#request !== undefined) this.#report(error, this.#request);
    this.#flush();
    this.socket.destroy();
  }

  switchProtocol(protocol: string, headers: HeadersInput | undefined): Socket {
    if (this.#phase !== "serving") throw connectionClosed();
    const all = new HttpHeaders(headers);
    all.set("Connection", "Upgrade");
    all.set("Upgrade", protocol);
    this.head.begin(101, all);
    const head = this.head.end("none", this.dateLine, "");
    this.responseStarted(true);
    if (typeof head === "string") this.#output.text(head);
    else this.#output.bytes(head);
    this.#output.flush();
    this.#phase = "upgraded";
    this.#readDeadline = 0;
    this.#writeDeadline = 0;
    this.#request = undefined;
    this.socket.pause();
    this.#upgraded = new UpgradedSocket(this.socket, this.#reader.takeRest());
    if (this.#peerEnded) this.#upgraded.onEnd();
    return this.#upgraded;
  }

  // How it goes on.

  /** Serves every request that is there. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#phase === "idle" && !this.#output.full) {
      const head = this.#nextHead();
      if (head === undefined) break;
      this.#serve(head);
      if (this.#responseDone) this.#complete();
    }
    this.#advancing = false;
    if (this.#phase === "serving") this.#output.flushSoon();
    else this.#flush();
    if (this.#phase === "idle") this.#awaitRequest();
    this.#updateFlow();
  }

  #nextHead(): RequestHead | undefined {
    try {
      return this.#reader.readHead();
    } catch (error) {
      this.#refuse(error as ProtocolError);
      return undefined;
    }
  }

  #serve(head: RequestHead): void {
    this.#phase = "serving";
    this.#readDeadline = 0;
    this.#responseDone = false;
    this.#continueOwed = head.expectsContinue;
    const request = new ServerRequest(this, head);
    this.#request = request;
    if (head.framing > this.maxBody) {
      this.#refuse(new ProtocolError("BodyTooLarge", 413, `a body of more than ${this.maxBody} bytes`));
      return;
    }
    try {
      const result = this.#callback(request);
      // The one settled promise of everything done at once: nothing to wait for.
      if (result === undefined || result === RESOLVED) this.#settled(request);
      else
        result.then(
          () => this.#settled(request),
          (error) => this.#failed(request, error),
        );
    } catch (error) {
      this.#failed(request, error);
    }
  }

  /** The callback came to its end. */
  #settled(request: ServerRequest): void {
    request.settled = true;
    if (request !== this.#request || this.#phase !== "serving") return;
    if (!request.answered) {
      this.#report(new UsageError("NoResponse", "the callback ended without a response"), request);
      this.#answerError(request, 500);
    } else if (this.#responseDone && !this.#advancing) {
      this.#complete();
    }
  }

  /** The callback threw, or rejected. */
  #failed(request: ServerRequest, error: unknown): void {
    request.settled = true;
    const current = request === this.#request && this.#phase === "serving";
    const peersFault = error instanceof ProtocolError;
    const tooLate = !current && error instanceof UsageError && error.code === "ConnectionClosed";
    if (!peersFault && !tooLate) this.#report(error, request);
    if (!current) return;
    if (!request.answered) {
      if (peersFault) this.#closeAfter = true;
      this.#answerError(request, peersFault ? error.status : 500);
    } else if (!this.#responseDone) {
      // A streamed answer that nobody will finish: the peer has to be able to tell.
      this.abort();
    } else if (!this.#advancing) {
      this.#complete();
    }
  }

  #answerError(request: ServerRequest, status: number): void {
    void request.respond(status, reasonPhrase(status), { "Content-Type": "text/plain; charset=utf-8" });
  }

  #report(error: unknown, request: ServerRequest): void {
    // What a failing stream was reported for comes again when the callback waited for `respond`.
    if (request.reported !== undefined && request.reported.error === error) return;
    request.reported = { error };
    try {
      this.#host.config.onError(error, request);
    } catch {
      // An error handler that throws has no one else to tell.
    }
  }

  /** The response is whole: on to the next request, once the body of this one is out of the way. */
  #complete(): void {
    const request = this.#request;
    if (request === undefined || this.#phase !== "serving" || !this.#responseDone) return;
    const body = request.incoming;
    if (body !== undefined && body.state === "open") {
      if (!this.#closeAfter && (body.waiting || (body.used && !request.settled)))
        return this.#output.flushSoon();
      if (!this.#closeAfter) {
        this.#phase = "draining";
        this.#readDeadline = this.#deadline(this.#host.config.timeouts.bodyMs);
        if (!this.#advancing) this.#flush();
        return this.#drain();
      }
    } else if (body?.state === "failed") {
      this.#closeAfter = true;
    }
    this.#finish();
  }

  #drain(): void {
    const body = this.#request?.incoming;
    try {
      if (body !== undefined && !body.discard()) {
        if (body.received > MAX_DRAIN + (this.#request?.head.framing ?? 0)) this.#linger();
        return;
      }
      this.#finish();
    } catch {
      // What is left of the body is malformed; the answer is out, so closing is all there is to say.
      this.#linger();
    }
  }

  #finish(): void {
    this.#request = undefined;
    this.#readDeadline = 0;
    if (this.#closeAfter || this.#host.closing) {
      this.#linger();
      return;
    }
    this.#phase = "idle";
    if (!this.#advancing) this.#advance();
  }

  /** Nothing to serve: wait for the peer, or end with it. */
  #awaitRequest(): void {
    const { timeouts } = this.#host.config;
    if (this.#output.full) return;
    if (this.#reader.inHead) {
      if (this.#peerEnded) this.#refuse(incomplete());
      // Set once for each head: bytes that trickle in do not extend it.
      else if (this.#waitsFor !== "head" || this.#readDeadline === 0)
        this.#readDeadline = this.#deadline(timeouts.headersMs);
      this.#waitsFor = "head";
      return;
    }
    this.#reader.release();
    if (this.#peerEnded || this.#host.closing) {
      this.#linger();
    } else if (this.#readDeadline === 0) {
      this.#readDeadline = timeouts.keepAliveMs > 0 ? FROM_NEXT_SWEEP : 0;
      this.#waitsFor = "request";
    }
  }

  #timedOut(): void {
    this.#readDeadline = 0;
    switch (this.#phase) {
      case "idle":
        if (this.#reader.inHead) this.#refuse(timeout("the header section did not arrive in time"));
        else this.#linger();
        break;
      case "serving":
        this.#bodyTimedOut();
        break;
      case "draining":
        this.#linger();
        break;
      case "lingering":
        this.socket.destroy();
        break;
    }
  }

  #bodyTimedOut(): void {
    const request = this.#request;
    const body = request?.incoming;
    if (request === undefined || body === undefined || !body.waiting) return;
    if (body.received - this.#bodyMark >= BODY_PROGRESS) {
      this.#bodyMark = body.received;
      this.#readDeadline = this.#deadline(this.#host.config.timeouts.bodyMs);
      return;
    }
    this.#closeAfter = true;
    body.fail(timeout("the request body did not arrive in time"));
    if (request.answered) this.abort();
  }

  /** Answers a peer's mistake and closes; nothing that follows it is read as a request. */
  #refuse(error: ProtocolError): void {
    const content = this.#request?.method === "HEAD" ? "" : `${reasonPhrase(error.status)}\n`;
    this.head.begin(error.status, { "Content-Type": "text/plain; charset=utf-8" });
    this.#output.text(
      this.head.end(`${reasonPhrase(error.status)}\n`.length, this.dateLine, "close") + content,
    );
    this.#request = undefined;
    this.#linger();
  }

  /**
   * Closes in stages (RFC 9112 section 9.6): our side first, then what still comes is read and dropped until
   * the peer closes, so that the last answer is not lost to a reset.
   */
  #linger(): void {
    if (this.#phase === "closed" || this.#phase === "lingering") return;
    this.#flush();
    this.#phase = "lingering";
    this.#request = undefined;
    this.#responseDone = true;
    this.#readDeadline = this.#deadline(this.#host.config.timeouts.lingerMs);
    this.socket.end();
    this.#setPaused(false);
  }

  #deadline(ms: number): number {
    return ms > 0 ? this.#host.config.clock.now() + ms : 0;
  }

  // Bytes out.

  /** Something was added to the output: while requests are being taken it leaves behind the last of them. */
  #written(): void {
    if (this.#output.full) this.#stalled();
    else if (!this.#advancing) this.#output.flushSoon();
  }

  #flush(): void {
    this.#output.flush();
    if (this.#output.full) this.#stalled();
  }

  #stalled(): void {
    if (this.#writeDeadline === 0)
      this.#writeDeadline = this.#deadline(this.#host.config.timeouts.writeStallMs);
  }

  // Bytes in.

  /** Reads on unless more waits than is wanted. */
  #updateFlow(): void {
    const wanted =
      (this.#phase === "idle" && !this.#output.full) || this.#request?.incoming?.waiting === true;
    this.#setPaused(!wanted && this.#phase !== "draining" && this.#reader.buffered > MAX_BUFFERED);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused || this.#phase === "upgraded") return;
    this.#paused = paused;
    if (paused) this.socket.pause();
    else this.socket.resume();
  }
}

function incomplete(): ProtocolError {
  return new ProtocolError("IncompleteMessage", 400, "the client closed in the middle of a message");
}

function timeout(what: string): ProtocolError {
  return new ProtocolError("RequestTimeout", 408, what);
}
