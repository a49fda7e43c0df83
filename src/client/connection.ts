import { ProtocolError } from "../http1/errors.ts";
import { HttpHeaders } from "../http1/headers.ts";
import { type ResponseHead, ResponseReader } from "../http1/response-reader.ts";
import type { Socket, SocketEvents } from "../socket/index.ts";
import type { Answer, Call } from "./call.ts";
import { ClientError, fetchFailed } from "./errors.ts";
import { IncomingBody } from "./incoming-body.ts";
import { keepAliveOf } from "./keep-alive.ts";
import type { Pool } from "./pool.ts";
import { Upload } from "./upload.ts";

/**
 * Where in its life a connection is. After the close nothing comes any more.
 *
 * | phase | means | ends with |
 * |---|---|---|
 * | `idle` | no request | `send`: `awaiting` |
 * | `awaiting` | a request is being sent or was, its final head has not come | the head: `receiving` |
 * | `receiving` | the body is being read | its end: `idle` or `closing` |
 * | `closing` | our side is ended, what comes cuts it | close |
 */
type Phase = 0 | 1 | 2 | 3;
const IDLE = 0;
const AWAITING = 1;
const RECEIVING = 2;
const CLOSING = 3;

/** Bodies up to this many bytes are a byte stream over any network. */
const MOST_OWNED = 1_048_576;
/** 1xx responses before a final one: more is an attack. */
const MAX_INTERIM = 100;
/** Milliseconds that a server may take to close a connection which both sides are done with. */
const CLOSING_MS = 2000;

/** One connection of a client: a request out, its response in, the next request. */
export class ClientConnection implements SocketEvents {
  readonly #socket: Socket;
  readonly #pool: Pool;
  readonly #reader: ResponseReader;
  #phase: Phase = IDLE;
  #call: Call | undefined;
  #answer: Answer | undefined;
  #upload: Upload | undefined;
  /** Whether it has carried another request, and nothing came since. */
  #stale = false;
  #interim = 0;
  #timer: unknown;
  #timerAt = Infinity;
  #deadline = 0;
  #error: unknown;

  constructor(socket: Socket, pool: Pool) {
    this.#socket = socket;
    this.#pool = pool;
    this.#reader = new ResponseReader(pool.config.limits);
    socket.open(this);
  }

  /** Only a body that is passed on as it comes borrows: all else is kept. */
  get borrows(): boolean {
    return this.#answer?.body?.borrows ?? false;
  }

  /** Sends a request. Only called while idle. What is in memory leaves at once: the socket holds it. */
  send(call: Call): void {
    const { head, length } = call.wire;
    const { body } = call.request;
    const socket = this.#socket;
    this.#phase = AWAITING;
    this.#call = call;
    call.connection = this;
    this.#interim = 0;
    socket.ref?.();
    const content = body?.content ?? "";
    if (typeof head === "string" && typeof content === "string") {
      socket.write(head + content);
    } else {
      socket.cork?.();
      socket.write(head);
      socket.write(content);
      socket.uncork?.();
    }
    if (body?.open) void this.#send(new Upload(body.open(), length, socket));
  }

  async #send(upload: Upload): Promise<void> {
    this.#upload = upload;
    try {
      await upload.run();
    } catch (error) {
      if (this.#upload === upload) this.destroy(error);
    }
  }

  /** Cuts it, whatever it is doing: what it does fails with the close. */
  destroy(error?: unknown): void {
    this.#error ??= error;
    this.#pool.leave(this);
    this.#socket.destroy();
  }

  /** Ends it in good manners. */
  end(): void {
    this.#phase = CLOSING;
    this.#pool.leave(this);
    this.#socket.end();
    this.expireIn(CLOSING_MS);
  }

  /**
   * Ends it, or cuts it when it was ended, unless it is used within so many milliseconds; keeps no process waiting. The
   * timer goes on while it is used: to set one with every request takes a page a fifth of all that a `fetch` does.
   */
  expireIn(ms: number): void {
    const { clock } = this.#pool.config;
    this.#socket.unref?.();
    this.#deadline = clock.now() + ms;
    if (this.#deadline >= this.#timerAt) return;
    clock.clearTimeout(this.#timer);
    this.#timerAt = this.#deadline;
    this.#timer = clock.setTimeout(this.#expire, ms);
    // Node waits for a timer and a socket before it ends, unless it is told otherwise.
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  readonly #expire = (): void => {
    this.#timerAt = Infinity;
    if (this.#call !== undefined) return;
    const left = this.#deadline - this.#pool.config.clock.now();
    if (left > 0) this.expireIn(left);
    else if (this.#phase === IDLE) this.end();
    else this.destroy();
  };

  // What the socket says.

  onData(bytes: Uint8Array): void {
    if (this.#call === undefined) return this.destroy(); // a response to no request
    this.#stale = false;
    this.#reader.feed(bytes);
    try {
      if (this.#phase === RECEIVING || this.#readHead()) this.#readBody();
    } catch (error) {
      this.destroy(error);
    }
  }

  onEnd(): void {
    if (this.#phase === IDLE) this.end();
    else if (this.#phase === RECEIVING && this.#reader.finish()) this.#complete();
    else if (this.#phase !== CLOSING) this.destroy(cut());
  }

  onDrain(): void {
    this.#upload?.drained();
  }

  onClose(error?: Error): void {
    const call = this.#call;
    const answer = this.#answer;
    const cause = this.#error ?? error ?? cut();
    this.#pool.config.clock.clearTimeout(this.#timer);
    this.#pool.leave(this);
    this.#release(cause);
    const signal = call?.request.signal;
    if (call?.repeatable && this.#stale && !signal?.aborted) {
      // The server had closed an idle connection before the request reached it: nothing is known to be wrong.
      this.#pool.apply(call);
    } else if (call) {
      const failure = signal?.aborted ? signal.reason : fetchFailed(cause);
      call.fail(failure);
      answer?.body?.fail(failure);
    }
    this.#pool.freed();
  }

  /** What the body says: whether as much of it waits as may. */
  setFull(full: boolean): void {
    if (full) this.#socket.pause();
    else this.#socket.resume();
  }

  /** False while the final head has not come. */
  #readHead(): boolean {
    const call = this.#call as Call;
    let head: ResponseHead | undefined;
    do {
      head = this.#reader.readHead(call.request.method);
      if (head === undefined) return false;
      if (head.status === 101) throw new ClientError("UnexpectedUpgrade");
      if (head.status < 200 && ++this.#interim > MAX_INTERIM) {
        throw new ProtocolError("InvalidStatusLine", 502, `more than ${MAX_INTERIM} interim responses`);
      }
    } while (head.status < 200);
    const { framing } = head;
    const inProcess = this.#socket.remoteAddress.family === "virtual";
    const large = framing < 0 || framing > MOST_OWNED; // below 0: of unknown length
    const body = framing === 0 ? undefined : new IncomingBody(this, inProcess && large);
    this.#phase = RECEIVING;
    this.#answer = { head, body };
    call.resolve(this.#answer);
    return true;
  }

  #readBody(): void {
    for (;;) {
      const event = this.#reader.readBody();
      if (event === "need-more") return;
      if (event === "end") return this.#complete();
      this.#answer?.body?.push(event);
    }
  }

  /** The response is whole. */
  #complete(): void {
    const call = this.#call as Call;
    const { head, body } = this.#answer as Answer;
    const upload = this.#upload;
    call.end();
    body?.end(HttpHeaders.fromLines(this.#reader.trailers));
    this.#socket.resume();
    this.#release(upload && new ClientError("InvalidBody", "answered before it was whole"));
    this.#phase = IDLE;
    this.#stale = true;
    // The server would take the rest of a request for another one. Bytes behind a response answer nothing.
    if (upload?.satisfied === false || this.#reader.buffered > 0) return this.destroy();
    if (call.wire.close || !head.keepAlive) return this.end();
    this.#reader.release();
    this.#pool.onIdle(this, keepAliveOf(head.headers));
  }

  /** Lets go of all that the present request has. */
  #release(error: unknown): void {
    this.#upload?.cancel(error);
    this.#upload = undefined;
    this.#answer = undefined;
    this.#call = undefined;
  }
}

function cut(): ProtocolError {
  return new ProtocolError("IncompleteMessage", 502);
}
