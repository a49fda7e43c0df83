import { ProtocolError } from "../http1/errors.ts";
import type { FieldLines } from "../http1/field-lines.ts";
import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import type { BodyEvent } from "../http1/message-reader.ts";
import type { RequestHead } from "../http1/request-head.ts";
import type { RequestReader } from "../http1/request-reader.ts";
import type { ResponseHeadWriter } from "../http1/response-writer.ts";
import type { Socket } from "../socket/index.ts";
import { answerError, isCallbacksFault, report } from "./callback-errors.ts";
import type { ConnectionHost } from "./connection.ts";
import { UsageError } from "./errors.ts";
import { incomplete } from "./faults.ts";
import { HalfClosedClient } from "./half-closed-client.ts";
import { type BodySource, ENDED, FAILED, OPEN } from "./incoming-body.ts";
import { connectionClosed, RESOLVED } from "./outgoing-body.ts";
import type { Output } from "./output.ts";
import { ServerRequest } from "./request.ts";
import type { ResponseSink } from "./response.ts";
import type { RequestCallback, UpgradedConnection } from "./types.ts";

/** What an exchange asks of its connection. */
export interface ExchangeConnection {
  readonly socket: Socket;
  readonly host: ConnectionHost;
  readonly reader: RequestReader;
  readonly output: Output;
  /** Whether the peer ended its side: what is not there will not come. */
  readonly peerEnded: boolean;
  /** Octets of the body are waited for from now on, or no more. */
  awaitBody(): void;
  bodyArrived(): void;
  /** Something was added to the output. */
  written(): void;
  /** The answer to a message that broke the protocol or a limit, and the end. */
  refuse(status: number): void;
  /** Response and request body are complete. */
  exchangeEnded(persistent: boolean): void;
  /** Ends in an orderly way, with part of a body unread. */
  linger(): void;
  /** Cuts the connection. */
  destroy(): void;
  /** Gives the connection to another protocol. */
  handOver(): UpgradedConnection;
}

/**
 * | phase | means | ends with |
 * |---|---|---|
 * | `none` | no request is being served | a head: `serving` |
 * | `serving` | a request is with the callback, or its response or body is not complete | both complete: `none` |
 * | `draining` | answered; the rest of the request body is read and dropped | its end: `none` |
 */
type Phase = 0 | 1 | 2;
export const NONE = 0;
export const SERVING = 1;
export const DRAINING = 2;

/** Rest of a body that is read and dropped to keep the connection; above it closing is cheaper. */
const MAX_DRAIN = 262_144;

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/**
 * One request and its response: what the callback made of it, and when both are out of the way. A connection
 * has one at a time, and one object for all of them.
 */
export class Exchange implements BodySource, ResponseSink {
  readonly #connection: ExchangeConnection;
  readonly #callback: RequestCallback;
  #phase: Phase = NONE;
  #request: ServerRequest | undefined;
  #responseDone = true;
  #closeAfter = false;
  #continueOwed = false;
  #cancelProducer: (() => void) | undefined;
  #halfClosed: HalfClosedClient | undefined;
  /** While a request is being handed over, what comes of it is looked at once, afterwards. */
  #starting = false;

  constructor(connection: ExchangeConnection, callback: RequestCallback) {
    this.#connection = connection;
    this.#callback = callback;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get request(): ServerRequest | undefined {
    return this.#request;
  }

  /** Hands a request to the callback. When it returns the exchange may be over already. */
  start(head: RequestHead): void {
    this.#phase = SERVING;
    this.#responseDone = false;
    this.#continueOwed = head.expectsContinue;
    const request = new ServerRequest(this, head);
    this.#request = request;
    if (head.framing > this.maxBody) {
      this.#connection.refuse(413);
      return;
    }
    this.#starting = true;
    try {
      const result = this.#callback(request);
      // The one settled promise of everything done at once: nothing to wait for.
      if (result === undefined || result === RESOLVED) this.#settled(request);
      else this.#await(result, request);
    } catch (error) {
      this.#failed(request, error);
    }
    this.#starting = false;
    if (this.#responseDone) this.#complete();
  }

  /** Octets came, or the peer's end. */
  progress(): void {
    if (this.#phase === DRAINING) this.#drain();
    else this.#request?.incoming?.progress();
  }

  /** The client ended its side: it waits for the answer, or is gone. */
  clientEnded(): void {
    this.#halfClosed?.forget();
    this.#halfClosed = new HalfClosedClient(this.#connection, () => this.#doubt());
  }

  /** What is said yet is sent, but nobody may be there to read it. */
  #doubt(): void {
    if (!this.#responseDone) this.#request?.clientLost();
  }

  /** The connection is gone. */
  lost(cause: Error | undefined): void {
    const request = this.#request;
    const unanswered = !this.#responseDone;
    this.forget();
    if (unanswered) request?.clientLost(cause);
    this.#cancelProducer?.();
  }

  /** Nothing more is said in this exchange, and nothing more of its request comes. */
  forget(): void {
    const body = this.#request?.incoming;
    this.#phase = NONE;
    this.#request = undefined;
    this.#responseDone = true;
    if (body?.state === OPEN) body.fail(incomplete());
    this.#halfClosed?.forget();
    this.#halfClosed = undefined;
  }

  /** The body did not come in time, which is the end of the connection too. */
  bodyTimedOut(error: ProtocolError): void {
    const request = this.#request;
    this.#closeAfter = true;
    request?.incoming?.fail(error);
    if (request?.answered) this.abort();
  }

  // `BodySource`: the request's body.

  get maxBody(): number {
    return this.#connection.host.config.maxBody;
  }

  readBody(): BodyEvent {
    const event = this.#connection.reader.readBody();
    if (event === "need-more" && this.#connection.peerEnded) {
      this.#doubt();
      throw incomplete();
    }
    return event;
  }

  bodyWanted(): void {
    if (this.#continueOwed) {
      this.#continueOwed = false;
      this.#connection.output.add(CONTINUE);
      this.#connection.output.flush();
    }
    this.#connection.awaitBody();
  }

  bodyEnded(): void {
    this.#connection.bodyArrived();
    this.#request?.bodyEnded();
    // Not from inside the read: who reads has to get what was read first.
    if (this.#responseDone && this.#phase === SERVING) queueMicrotask(() => this.#complete());
  }

  get trailers(): FieldLines | undefined {
    return this.#connection.reader.trailers;
  }

  // `ResponseSink`: the response.

  get socket(): Socket {
    return this.#connection.socket;
  }

  get head(): ResponseHeadWriter {
    return this.#connection.host.head;
  }

  get dateLine(): string {
    return this.#request?.sendsDate === false ? "" : this.#connection.host.date.get();
  }

  get reason(): string | undefined {
    return this.#request?.reason;
  }

  get closed(): boolean {
    return this.#phase !== SERVING;
  }

  mayPersist(): boolean {
    const request = this.#request;
    if (request === undefined || this.#closeAfter || this.#connection.host.closing) return false;
    if (!request.head.keepAlive) return false;
    const body = request.incoming;
    if (body === undefined || body.state === ENDED) return true;
    // A body that nobody will read has to be small enough to be dropped, and must be on its way.
    return body.state === OPEN && !this.#continueOwed && request.head.framing - body.received <= MAX_DRAIN;
  }

  responseStarted(persistent: boolean): void {
    if (this.#request !== undefined) this.#request.answered = true;
    if (!persistent) this.#closeAfter = true;
    // After a final status no interim one may follow.
    this.#continueOwed = false;
  }

  streamStarting(): void {
    if (this.#continueOwed && this.#request?.incoming?.taken) this.bodyWanted();
  }

  write(data: string | Uint8Array, given = false): void {
    if (this.#phase !== SERVING) return;
    this.#connection.output.add(data, given);
    this.#connection.written();
  }

  writable(): Promise<void> {
    return this.#connection.output.writable();
  }

  setProducer(cancel: (() => void) | undefined): void {
    this.#cancelProducer = cancel;
  }

  responseEnded(last?: string | Uint8Array, veryLast?: string | Uint8Array): void {
    if (this.#phase !== SERVING) return;
    // No flush of their own: they leave with the end.
    if (last !== undefined) this.#connection.output.add(last);
    if (veryLast !== undefined) this.#connection.output.add(veryLast);
    this.#responseDone = true;
    if (!this.#starting) this.#complete();
  }

  abort(error?: unknown): void {
    if (this.#phase !== SERVING) return;
    if (error !== undefined && this.#request !== undefined) this.#report(error, this.#request);
    this.#connection.output.flush();
    this.#connection.destroy();
  }

  /** @throws UsageError */
  switchProtocol(protocol: string, headers: HeadersInput | undefined): UpgradedConnection {
    if (this.#phase !== SERVING) throw connectionClosed();
    const all = new HttpHeaders(headers);
    all.set("Connection", "Upgrade");
    all.set("Upgrade", protocol);
    this.head.begin(101, all);
    const head = this.head.end("none", this.dateLine, "");
    this.responseStarted(true);
    this.#connection.output.add(head);
    this.#connection.output.flush();
    this.forget();
    return this.#connection.handOver();
  }

  takeOver(): UpgradedConnection {
    if (this.#phase !== SERVING) throw connectionClosed();
    this.responseStarted(true);
    this.#connection.output.flush();
    this.forget();
    return this.#connection.handOver();
  }

  // What the callback came to.

  #await(result: Promise<unknown>, request: ServerRequest): void {
    result.then(
      () => this.#settled(request),
      (error) => this.#failed(request, error),
    );
  }

  #settled(request: ServerRequest): void {
    request.settled = true;
    if (request !== this.#request || this.#phase !== SERVING) return;
    if (!request.answered) {
      // To whom seems to be gone there is nothing to say.
      if (request.signal.aborted) return this.abort();
      this.#report(new UsageError("NoResponse"), request);
      answerError(request, 500);
    } else if (this.#responseDone && !this.#starting) {
      this.#complete();
    }
  }

  #failed(request: ServerRequest, error: unknown): void {
    request.settled = true;
    const current = request === this.#request && this.#phase === SERVING;
    if (isCallbacksFault(error, request, !current)) this.#report(error, request);
    if (!current) return;
    if (!request.answered) {
      const peersFault = error instanceof ProtocolError;
      if (peersFault) this.#closeAfter = true;
      answerError(request, peersFault ? error.status : 500);
    } else if (!this.#responseDone) {
      // A streamed answer that nobody will finish: the peer has to be able to tell.
      this.abort();
    } else if (!this.#starting) {
      this.#complete();
    }
  }

  #report(error: unknown, request: ServerRequest): void {
    report(this.#connection.host.config.onError, error, request);
  }

  // The end.

  /** The response is whole: over, once the request's body is out of the way. */
  #complete(): void {
    const request = this.#request;
    if (request === undefined || this.#phase !== SERVING || !this.#responseDone) return;
    const body = request.incoming;
    if (body?.state === FAILED) this.#closeAfter = true;
    if (body === undefined || body.state !== OPEN) {
      this.#finish();
    } else if (body.waiting || !request.settled) {
      this.#connection.output.flushSoon(); // it is the callback's as long as that runs
    } else if (this.#closeAfter) {
      this.#finish();
    } else {
      this.#phase = DRAINING;
      this.#connection.output.flushSoon();
      this.#connection.awaitBody();
      this.#drain();
    }
  }

  #drain(): void {
    const body = this.#request?.incoming;
    try {
      if (body === undefined || body.discard()) this.#finish();
      else if (body.received > MAX_DRAIN + Math.max(0, this.#request?.head.framing ?? 0))
        this.#connection.linger();
    } catch {
      // What is left of the body is malformed or was cut; the answer is out, so closing is all there is to say.
      this.#connection.linger();
    }
  }

  #finish(): void {
    const persistent = !this.#closeAfter;
    this.forget();
    this.#connection.exchangeEnded(persistent);
  }
}
