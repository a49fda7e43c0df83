import { ProtocolError } from "../http1/errors.ts";
import { HttpHeaders } from "../http1/headers.ts";
import { type ResponseHead, ResponseReader } from "../http1/response-reader.ts";
import type { Socket, SocketEvents } from "../socket/index.ts";
import type { Call } from "./call.ts";
import { ClientError, fetchFailed } from "./errors.ts";
import { IncomingBody } from "./incoming-body.ts";
import { keepAliveOf } from "./keep-alive.ts";
import type { Pool } from "./pool.ts";
import { Upload } from "./upload.ts";

/**
 * Where in its life a connection is.
 *
 * | phase | means | ends with |
 * |---|---|---|
 * | `idle` | no request | `send`: `awaiting` |
 * | `awaiting` | a request is being sent or was, its final head has not come | the head: `receiving` |
 * | `receiving` | the body is being read | its end: `idle` or `closing` |
 * | `closing` | our side is ended or cut, what comes is dropped | close |
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
  #body: IncomingBody | undefined;
  #upload: Upload | undefined;
  /** Whether it has carried a request before the present one, of whose response nothing has come. */
  #stale = false;
  #used = false;
  #interim = 0;
  #persistent = true;
  #keepAliveMs = Infinity;
  #peerEnded = false;
  #deadline = 0;
  #timer: unknown;
  #timerAt = Infinity;

  constructor(socket: Socket, pool: Pool) {
    this.#socket = socket;
    this.#pool = pool;
    this.#reader = new ResponseReader(pool.config.limits);
    socket.open(this);
  }

  /** Only a body that is passed on as it comes borrows: all else is kept. */
  get borrows(): boolean {
    return this.#body?.borrows ?? false;
  }

  /** Sends a request. Only called while idle. What is in memory leaves at once: the socket holds it. */
  send(call: Call): void {
    const { head, length, close } = call.wire;
    const { body } = call.request;
    const socket = this.#socket;
    this.#phase = AWAITING;
    this.#call = call;
    call.connection = this;
    this.#stale = this.#used;
    this.#interim = 0;
    this.#persistent = !close;
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
      if (this.#upload === upload) this.#upload = undefined;
    } catch (error) {
      if (this.#upload === upload) this.destroy(error);
    }
  }

  /** Cuts it, whatever it is doing. */
  destroy(error: unknown): void {
    const call = this.#call;
    const body = this.#body;
    this.#phase = CLOSING;
    this.#socket.destroy();
    this.#pool.leave(this);
    this.#release(error);
    if (call === undefined) return;
    if (call.repeatable && this.#stale) {
      // The server had closed an idle connection before the request reached it: nothing is known to be wrong.
      call.repeatable = false;
      return this.#pool.apply(call);
    }
    const failure = call.request.signal?.aborted ? error : fetchFailed(error);
    call.fail(failure);
    body?.fail(failure);
  }

  /** Ends it in good manners. */
  end(): void {
    this.#phase = CLOSING;
    this.#socket.end();
    this.#pool.leave(this);
    this.expireIn(CLOSING_MS);
  }

  /**
   * Ends or cuts it unless it is used within so many milliseconds, and keeps no process waiting. The timer goes on while
   * it is used: setting and clearing one with every request would cost more than all else that a pool does.
   */
  expireIn(ms: number): void {
    this.#socket.unref?.();
    this.#deadline = this.#pool.config.clock.now() + ms;
    if (this.#deadline < this.#timerAt) this.#setTimer(ms);
  }

  /** It is used again. */
  keep(): void {
    this.#socket.ref?.();
  }

  #setTimer(ms: number): void {
    const { clock } = this.#pool.config;
    clock.clearTimeout(this.#timer);
    this.#timerAt = this.#deadline;
    this.#timer = clock.setTimeout(this.#expire, ms);
    // Node waits for a timer before it ends, unless it is told otherwise.
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  readonly #expire = (): void => {
    const left = this.#deadline - this.#pool.config.clock.now();
    this.#timerAt = Infinity;
    if (left > 0) this.#setTimer(left);
    else if (this.#phase === IDLE) this.end();
    else if (this.#phase === CLOSING) this.#socket.destroy();
  };

  // What the socket says.

  onData(bytes: Uint8Array): void {
    if (this.#phase === CLOSING) return;
    if (this.#phase === IDLE) return this.destroy(cut()); // a response to no request
    this.#stale = false;
    this.#reader.feed(bytes);
    try {
      if (this.#phase === RECEIVING || this.#readHead()) this.#readBody();
    } catch (error) {
      this.destroy(error);
    }
  }

  onEnd(): void {
    this.#peerEnded = true;
    if (this.#phase === IDLE) this.end();
    else if (this.#phase === RECEIVING && this.#reader.finish()) this.#complete();
    else if (this.#phase !== CLOSING) this.destroy(cut());
  }

  onDrain(): void {
    this.#upload?.drained();
  }

  onClose(error?: Error): void {
    this.destroy(error ?? cut());
    this.#pool.config.clock.clearTimeout(this.#timer);
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
    for (;;) {
      const head = this.#reader.readHead(call.request.method);
      if (head === undefined) return false;
      if (head.status === 101) throw new ClientError("UnexpectedUpgrade");
      if (head.status >= 200) {
        this.#receive(head, call);
        return true;
      }
      if (++this.#interim > MAX_INTERIM) {
        throw new ProtocolError("InvalidStatusLine", 502, `more than ${MAX_INTERIM} interim responses`);
      }
    }
  }

  #receive(head: ResponseHead, call: Call): void {
    this.#phase = RECEIVING;
    this.#used = true;
    if (!head.keepAlive) this.#persistent = false;
    this.#keepAliveMs = keepAliveOf(head.headers);
    const inProcess = this.#socket.remoteAddress.family === "virtual";
    const large = head.framing < 0 || head.framing > MOST_OWNED; // below 0: of unknown length
    if (head.framing !== 0) this.#body = new IncomingBody(this, inProcess && large);
    call.resolve({ head, body: this.#body });
  }

  #readBody(): void {
    for (;;) {
      const event = this.#reader.readBody();
      if (event === "need-more") return;
      if (event === "end") return this.#complete();
      this.#body?.push(event);
    }
  }

  /** The response is whole. */
  #complete(): void {
    const early = this.#upload && new ClientError("InvalidBody", "answered before it was whole");
    const whole = this.#upload?.satisfied ?? true;
    this.#call?.end();
    this.#body?.end(HttpHeaders.fromLines(this.#reader.trailers));
    this.#socket.resume();
    this.#release(early);
    // The server would take the rest of a request for another one. Bytes behind a response answer nothing.
    if (!whole || this.#reader.buffered > 0) return this.destroy(early);
    if (!this.#persistent || this.#peerEnded) return this.end();
    this.#phase = IDLE;
    this.#reader.release();
    this.#pool.onIdle(this, this.#keepAliveMs);
  }

  /** Lets go of all that the present request has. */
  #release(error: unknown): void {
    const upload = this.#upload;
    this.#upload = undefined;
    this.#body = undefined;
    this.#call = undefined;
    upload?.cancel(error);
  }
}

function cut(): ProtocolError {
  return new ProtocolError("IncompleteMessage", 502);
}
