import { ProtocolError } from "../http1/errors.ts";
import type { FieldLines } from "../http1/field-lines.ts";
import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import { listElements } from "../http1/list.ts";
import type { BodyEvent } from "../http1/message-reader.ts";
import { reasonPhrase } from "../http1/reason.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { soon } from "../socket/clock.ts";
import type { Connection } from "./connection.ts";
import { ResponseAlreadySent, UsageError } from "./errors.ts";
import { type BodySource, ENDED, FAILED, IncomingBody, OPEN } from "./incoming-body.ts";
import { RESOLVED, rejected } from "./outgoing-body.ts";
import { RequestMessage } from "./request.ts";
import { sendResponse, startResponse } from "./response.ts";
import type { BodyContent, BodyWriter, HttpRequest, RequestCallback, UpgradedConnection } from "./types.ts";

/**
 * | stage | means | ends with |
 * |---|---|---|
 * | `serving` | the request is with the callback, or its response is not complete | the end of the response: `answered` |
 * | `answered` | the response is complete, the callback may yet read the request's body | its end, or the callback's |
 * | `draining` | the rest of the request body is read and dropped | its end: `over` |
 * | `over` | nothing more is said, and nothing more of the request comes | |
 */
type Stage = 0 | 1 | 2 | 3;
const SERVING = 0;
const ANSWERED = 1;
const DRAINING = 2;
const OVER = 3;

/** Rest of a body that is read and dropped to keep the connection; above it closing is cheaper. */
const MAX_DRAIN = 262_144;
/** Body bytes that restart the body timeout; see `Timeouts.bodyMs`. */
const BODY_PROGRESS = 65_536;
/** So long a client that ended its side may wait for an answer before it is taken to be gone. */
const DOUBT_MS = 100;

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** One request and its response: what the callback made of it, and when both are out of the way. */
export class Exchange extends RequestMessage implements HttpRequest, BodySource {
  readonly head: RequestHead;
  readonly incoming: IncomingBody | undefined;
  /** Whether the head of an answer was sent. */
  answered = false;
  /** The reason phrase, where it is not to be the code's own. */
  reason: string | undefined;
  /** An origin server with a clock sends Date (RFC 9110 section 6.6.1), unless a program insists. */
  sendsDate = true;
  /** Lets go of what a streamed answer is made from. */
  cancelSource: (() => void) | undefined;

  protected madeHeaders: HttpHeaders | undefined;
  protected madeUrl: URL | undefined;
  protected aborter: AbortController | undefined;

  /** Not to be seen by who writes a request into a log: it leads to all that its server has. */
  readonly #connection: Connection;
  #stage: Stage = SERVING;
  /** Whether the callback has come to its end. */
  #settled = false;
  #closeAfter = false;
  #continueOwed: boolean;
  /** Why an answer was not taken: a callback that did not wait for it knows nothing of it. */
  #refused: unknown;
  /** What `onError` was last told; nobody throws the request. */
  #reported: unknown = this;
  #doubtTimer: unknown;

  constructor(connection: Connection, head: RequestHead) {
    super();
    this.#connection = connection;
    this.head = head;
    this.incoming = head.framing === 0 ? undefined : new IncomingBody(this, connection.host.maxBody);
    this.#continueOwed = head.fields.expectsContinue;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Hands the request to the callback. When it returns the exchange may be over already. */
  start(callback: RequestCallback): void {
    try {
      const result = callback(this);
      // The one settled promise of everything done at once: nothing to wait for.
      if (result === undefined || result === RESOLVED) this.#callbackEnded();
      // What is no promise may come from a program that no types held.
      else
        Promise.resolve(result).then(
          () => this.#callbackEnded(),
          (error) => this.#callbackFailed(error),
        );
    } catch (error) {
      this.#callbackFailed(error);
    }
  }

  // What the connection says.

  /**
   * The client ended its side. TCP says the same of one that waits for the answer and of one that is gone, until it is
   * written to: a callback that takes its time has to know of the latter, so it is told for both, and a client whose
   * callback says nothing for as long as a client may take nothing is let go.
   */
  clientEnded(): void {
    if (this.#doubtTimer === undefined) this.#doubtIn(DOUBT_MS, -1);
  }

  /** @param written by the callback when the wait began */
  #doubtIn(ms: number, written: number): void {
    const { host, output, socket } = this.connection;
    const { clock, timeouts } = host;
    if (ms === 0) return;
    this.#doubtTimer = clock.setTimeout(() => {
      if (output.volume === written) return socket.destroy();
      this.#doubtIn(timeouts.writeStallMs, output.volume);
      this.#doubt(); // last: whoever is told may end the exchange
    }, ms);
  }

  /** What is said yet is sent, but nobody may be there to read it. */
  #doubt(): void {
    if (this.#stage === SERVING) this.clientLost();
  }

  /** The body did not come in time. @param mark how much of it had come when the wait began */
  bodyTimedOut(mark: number): void {
    const { connection, incoming } = this;
    if (!incoming?.waiting) return this.#complete(); // it is the callback that takes its time, unless that has ended
    if (incoming.received - mark >= BODY_PROGRESS) return connection.awaitBody(incoming.received);
    incoming.fail(new ProtocolError("RequestTimeout", 408));
    if (this.answered) this.abort();
  }

  /** The connection is gone. */
  lost(cause: Error | undefined): void {
    const unanswered = this.#stage === SERVING;
    this.forget();
    if (unanswered) this.clientLost(cause);
    this.cancelSource?.();
  }

  /** Nothing more is said in this exchange, and nothing more of its request comes. */
  forget(): void {
    this.#stage = OVER;
    if (this.incoming?.state === OPEN) this.incoming.fail(incomplete());
    if (this.#doubtTimer !== undefined) this.connection.host.clock.clearTimeout(this.#doubtTimer);
  }

  // `BodySource`: the request's body.

  readBody(): BodyEvent {
    const { peerEnded, reader } = this.connection;
    const event = reader.readBody();
    if (event === "need-more" && peerEnded) {
      this.#doubt();
      throw incomplete();
    }
    return event;
  }

  bodyWanted(received: number): void {
    const { connection } = this;
    if (this.#continueOwed) {
      this.#continueOwed = false;
      connection.output.add(CONTINUE);
      connection.output.flush();
    }
    connection.awaitBody(received);
  }

  bodyEnded(): FieldLines | undefined {
    // Not from inside the read: who reads has to get what was read first.
    if (this.#stage === ANSWERED) soon(() => this.#complete());
    return this.connection.reader.trailers;
  }

  // The response.

  respond(code: number, content?: BodyContent, headers?: HeadersInput): Promise<void> {
    if (this.answered) return rejected(new ResponseAlreadySent());
    try {
      return sendResponse(this, code, content, headers);
    } catch (error) {
      this.#refused = error;
      return rejected(error);
    }
  }

  async sendHeaders(headers: HeadersInput, code = 200): Promise<BodyWriter> {
    this.#checkUnanswered();
    return startResponse(this, code, headers);
  }

  /** RFC 9110 section 7.8: in HTTP/1.1 only, and only to a protocol that the client offered. */
  async upgrade(protocol: string, headers?: HeadersInput): Promise<UpgradedConnection> {
    const { head, incoming, connection } = this;
    this.#checkUnanswered();
    const offered = listElements((this.headers.get("upgrade") ?? "").toLowerCase());
    if (
      head.minor === 0 ||
      !head.fields.options.includes("upgrade") ||
      !offered.includes(protocol.toLowerCase())
    )
      throw new UsageError("NotUpgradable", `${protocol} was not offered`);
    if (incoming && incoming.state !== ENDED) throw new UsageError("NotUpgradable", "read the body first");
    const all = new HttpHeaders(headers);
    all.set("Connection", "Upgrade");
    all.set("Upgrade", protocol);
    const writer = connection.host.head;
    writer.begin(101, all);
    this.write(writer.end("none", this.dateLine, ""));
    return this.takeOver();
  }

  takeOver(): UpgradedConnection {
    this.#checkUnanswered();
    this.answered = true;
    return this.connection.handOver();
  }

  /** @throws ResponseAlreadySent */
  #checkUnanswered(): void {
    if (this.answered) throw new ResponseAlreadySent();
  }

  get dateLine(): string {
    return this.sendsDate ? this.connection.host.watchdog.dateLine : "";
  }

  /** Whether what is written goes nowhere. */
  get closed(): boolean {
    return this.#stage >= DRAINING;
  }

  /**
   * The head of the answer is about to be sent: no other one from now on.
   * @param keep whether the connection can be kept as far as the answer goes
   * @returns whether it is
   */
  answering(keep: boolean): boolean {
    const { connection, head, incoming } = this;
    const unread = incoming !== undefined && incoming.state !== ENDED;
    // A body that nobody will read has to be small enough to be dropped, and must be on its way.
    const droppable =
      !unread ||
      (incoming.state === OPEN && !this.#continueOwed && head.framing - incoming.received <= MAX_DRAIN);
    if (!keep || !droppable || !head.fields.keepAlive || connection.host.closing) this.#closeAfter = true;
    this.answered = true;
    // After a final status no interim one may follow.
    this.#continueOwed = false;
    return !this.#closeAfter;
  }

  /**
   * A streamed body follows. Where the request's body is what it is made from, a client that waits for 100
   * has to get it now: behind the final head it would be too late (RFC 9110 section 15.2).
   */
  streamStarting(): void {
    if (this.#continueOwed && this.incoming?.taken) this.bodyWanted(0);
  }

  /**
   * Queues text, which leaves as UTF-8, or bytes, with what else is ready at this moment.
   * @param given the bytes are lent to whoever reads them, the text is ASCII, see `Socket.write`
   */
  write(data: string | Uint8Array, given = false): void {
    if (this.closed) return;
    this.connection.output.add(data, given);
    this.connection.written();
  }

  /**
   * The response is whole, with up to two last pieces.
   * @param given of the first, see `write`
   */
  responseEnded(last?: string | Uint8Array, veryLast?: string | Uint8Array, given = false): void {
    if (this.closed) return;
    // No flush of their own: they leave with the end.
    if (last !== undefined) this.connection.output.add(last, given);
    if (veryLast !== undefined) this.connection.output.add(veryLast);
    this.#stage = ANSWERED;
    this.#complete();
  }

  /** The response can't be made whole: cut the connection, so that the peer can tell. */
  abort(error?: unknown): void {
    if (this.closed) return;
    if (error !== undefined) this.#report(error);
    this.connection.output.flush();
    this.connection.socket.destroy();
  }

  // What the callback came to.

  #callbackEnded(): void {
    // To whom seems to be gone there is nothing to say.
    if (!this.answered && !this.signal.aborted)
      return this.#callbackFailed(this.#refused ?? new UsageError("NoResponse"));
    this.#settled = true;
    if (this.answered) this.#complete();
    else this.abort();
  }

  #callbackFailed(error: unknown): void {
    this.#settled = true;
    const { answered } = this;
    const peersFault = error instanceof ProtocolError;
    const late = this.closed && error instanceof UsageError && error.code === "ConnectionClosed";
    // A call that came too late, or the signal's reason, which who waits for it throws on, is nobody's mistake.
    if (!peersFault && !late && !(this.signal.aborted && error === this.signal.reason)) this.#report(error);
    if (!this.answered) {
      const status = peersFault ? error.status : 500;
      void this.respond(status, reasonPhrase(status), { "Content-Type": "text/plain; charset=utf-8" });
    } else if (!answered || this.#stage === ANSWERED) this.#complete();
    // A streamed answer, not the handler's of errors, that nobody will finish: the peer has to be able to tell.
    else this.abort();
  }

  /** Tells the handler of errors, once of each: a failing stream's comes again when the callback waits for `respond`. */
  #report(error: unknown): void {
    if (this.#reported === error) return;
    this.#reported = error;
    this.connection.host.onError(error, this);
  }

  // The end.

  /** Over, once response and request body are out of the way. */
  #complete(): void {
    const { connection, incoming } = this;
    if (this.#stage !== ANSWERED) return;
    if (incoming?.state === FAILED) this.#closeAfter = true;
    if (incoming?.state !== OPEN) {
      this.#finish();
    } else if (incoming.waiting || !this.#settled) {
      connection.written(); // it is the callback's as long as that runs
    } else if (this.#closeAfter) {
      this.#finish();
    } else {
      this.#stage = DRAINING;
      connection.written();
      this.#drain(incoming, incoming.received + MAX_DRAIN);
    }
  }

  /** Reads and drops the rest of the request's body. @param most what may have been received then */
  #drain(incoming: IncomingBody, most: number): void {
    const giveUp = () => this.connection.linger();
    try {
      while (incoming.received <= most) {
        const piece = incoming.read(true);
        if (piece === undefined) return this.#finish();
        if (piece instanceof Promise) return void piece.then(() => this.#drain(incoming, most), giveUp);
      }
    } catch {
      // What is left is malformed or was cut.
    }
    giveUp(); // the answer is out, so closing is all there is to say
  }

  #finish(): void {
    this.forget();
    this.connection.exchangeEnded(!this.#closeAfter);
  }
}

/** The peer closed before its message was whole. */
export function incomplete(): ProtocolError {
  return new ProtocolError("IncompleteMessage", 400);
}
