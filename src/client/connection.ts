import { ProtocolError } from "../http1/errors.ts";
import { HttpHeaders } from "../http1/headers.ts";
import type { Limits } from "../http1/limits.ts";
import type { BodyEvent } from "../http1/message-reader.ts";
import { type ResponseHead, ResponseReader } from "../http1/response-reader.ts";
import type { Socket, SocketEvents } from "../socket/index.ts";
import type { RequestBody } from "./body.ts";
import { ClientError, fetchFailed } from "./errors.ts";
import { type BodySource, IncomingBody } from "./incoming-body.ts";
import { keepAliveOf } from "./keep-alive.ts";
import type { WireHead } from "./request-writer.ts";
import { sendRequest } from "./send-request.ts";
import type { Waiting } from "./sweep.ts";
import type { Upload, UploadOwner } from "./upload.ts";

/** Who sent a request: is told of one of the two, once. */
export interface ResponseHandler {
  /**
   * The final head, and the body, of which `fill` has taken what arrived; none where the framing says so. The
   * connection may be with another request by then.
   */
  onResponse(head: ResponseHead, body: IncomingBody | undefined): void;
  /** There will be no response. `silent`: not one byte of it had come. */
  onFailure(error: unknown, silent: boolean): void;
}

/** Who made the connection. */
export interface ConnectionOwner {
  /** It can take another request, for so many milliseconds as the server says. */
  onIdle(connection: ClientConnection, keepAliveMs: number): void;
  /** It takes no more requests and waits for the server to close. */
  onClosing(connection: ClientConnection): void;
  onGone(connection: ClientConnection): void;
}

/**
 * Where in its life a connection is.
 *
 * | phase | means | ends with |
 * |---|---|---|
 * | `idle` | no request | `send`: `awaiting` |
 * | `awaiting` | a request is being sent or was, its final head has not come | the head: `receiving` |
 * | `receiving` | the body is being read | its end: `idle` or `closing` |
 * | `closing` | our side is ended, what comes is dropped | close |
 */
type Phase = 0 | 1 | 2 | 3 | 4;
const IDLE = 0;
const AWAITING = 1;
const RECEIVING = 2;
const CLOSING = 3;
const CLOSED = 4;

/** Bodies up to this many bytes are a byte stream over any network. */
const MOST_OWNED = 1_048_576;
/** 1xx responses before a final one: more is an attack. */
const MAX_INTERIM = 100;

/** One connection of a client: a request out, its response in, the next request. */
export class ClientConnection implements SocketEvents, BodySource, UploadOwner, Waiting {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #reader: ResponseReader;
  #phase: Phase = IDLE;
  #method = "";
  #handler: ResponseHandler | undefined;
  #body: IncomingBody | undefined;
  #upload: Upload | undefined;
  #silent = true;
  #interim = 0;
  #persistent = true;
  #keepAliveMs = Infinity;
  #peerEnded = false;
  #paused = false;
  #error: unknown;
  /** Whether it has carried a request before. */
  used = false;

  constructor(socket: Socket, owner: ConnectionOwner, limits: Limits) {
    this.#socket = socket;
    this.#owner = owner;
    this.#reader = new ResponseReader(limits);
    socket.open(this);
  }

  /** Only a body that is passed on as it comes borrows: all else is kept. */
  get borrows(): boolean {
    return this.#body?.borrows ?? false;
  }

  /** Whether it can take a request. */
  get idle(): boolean {
    return this.#phase === IDLE;
  }

  /** Sends a request. Only called while idle. */
  send(method: string, head: WireHead, body: RequestBody | undefined, handler: ResponseHandler): void {
    this.#phase = AWAITING;
    this.#method = method;
    this.#handler = handler;
    this.#silent = true;
    this.#interim = 0;
    this.#persistent = !head.close;
    this.#upload = sendRequest(head, body, this.#socket, this);
  }

  /** Does its best to keep the process from waiting for it, or undoes that. */
  setBackground(background: boolean): void {
    if (background) this.#socket.unref?.();
    else this.#socket.ref?.();
  }

  /** Cuts it, whatever it is doing; whoever waits for a response is not told. */
  destroy(reason?: unknown): void {
    this.#handler = undefined;
    this.#body = undefined;
    this.#cancelUpload(reason);
    if (this.#phase !== CLOSED) this.#phase = CLOSING;
    this.#socket.destroy();
  }

  /** It idled for too long, or the server did not close its side in time. */
  expire(): void {
    if (this.#phase === IDLE) this.end();
    else if (this.#phase === CLOSING) this.destroy();
  }

  /** Ends an idle connection in good manners. */
  end(): void {
    if (this.#phase !== IDLE) return;
    this.#phase = CLOSING;
    this.#socket.end();
    this.#owner.onClosing(this);
  }

  // What the socket says.

  onData(bytes: Uint8Array): void {
    if (this.#phase === AWAITING) {
      this.#silent = false;
      this.#reader.feed(bytes);
      this.#readHead();
    } else if (this.#phase === RECEIVING) {
      this.#reader.feed(bytes);
      this.#body?.fill();
    } else if (this.#phase === IDLE) {
      this.destroy(); // a response to no request
    }
  }

  onEnd(): void {
    this.#peerEnded = true;
    if (this.#phase === IDLE) this.end();
    else if (this.#phase === RECEIVING) this.#body?.fill();
    else if (this.#phase === AWAITING) this.#fail(cut());
  }

  onDrain(): void {
    this.#upload?.drained();
  }

  onClose(error?: Error): void {
    const phase = this.#phase;
    this.#error = error ?? cut();
    if (phase === AWAITING) this.#fail(this.#error);
    this.#phase = CLOSED;
    this.#body?.fill();
    this.#cancelUpload(this.#error);
    this.#owner.onGone(this);
  }

  // What the body says.

  readBody(): BodyEvent {
    const event = this.#reader.readBody();
    if (event !== "need-more") return event;
    if (this.#peerEnded) {
      if (this.#reader.finish()) return "end";
      throw cut();
    }
    if (this.#phase === CLOSED) throw this.#error;
    return event;
  }

  setFull(full: boolean): void {
    if (full === this.#paused) return;
    this.#paused = full;
    if (full) this.#socket.pause();
    else this.#socket.resume();
  }

  bodyEnded(): HttpHeaders {
    const trailers = HttpHeaders.fromLines(this.#reader.trailers);
    this.setFull(false);
    this.#complete();
    return trailers;
  }

  bodyAborted(reason: unknown): void {
    this.destroy(reason);
  }

  // What the upload says.

  uploadEnded(): void {
    this.#upload = undefined;
  }

  uploadFailed(error: unknown): void {
    this.#upload = undefined;
    if (this.#phase === AWAITING) this.#fail(error);
    else if (this.#body !== undefined) this.#body.fail(fetchFailed(error));
    else this.destroy();
  }

  // How it goes on.

  #cancelUpload(reason: unknown): void {
    const upload = this.#upload;
    this.#upload = undefined;
    upload?.cancel(reason);
  }

  #readHead(): void {
    let head: ResponseHead | undefined;
    try {
      do {
        head = this.#reader.readHead(this.#method);
        if (head === undefined) return;
        if (head.status === 101) throw new ClientError("UnexpectedUpgrade");
        if (head.status < 200 && ++this.#interim > MAX_INTERIM) {
          throw new ProtocolError("InvalidStatusLine", 502, `more than ${MAX_INTERIM} interim responses`);
        }
      } while (head.status < 200);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#receive(head);
  }

  #receive(head: ResponseHead): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#phase = RECEIVING;
    this.used = true;
    if (!head.keepAlive) this.#persistent = false;
    this.#keepAliveMs = keepAliveOf(head.headers);
    if (head.framing === 0) {
      this.#complete();
      handler?.onResponse(head, undefined);
      return;
    }
    const inProcess = this.#socket.remoteAddress.family === "virtual";
    const large = head.framing < 0 || head.framing > MOST_OWNED; // below 0: of unknown length
    const body = new IncomingBody(this, inProcess && large);
    this.#body = body;
    body.fill();
    handler?.onResponse(head, body);
  }

  /** The response is whole. */
  #complete(): void {
    this.#body = undefined;
    if (this.#upload?.satisfied) this.#cancelUpload(undefined);
    if (this.#upload !== undefined) {
      // The server answered without waiting for all of the request: what is left would be taken for another.
      this.destroy(new ClientError("InvalidBody", "answered before it was whole"));
    } else if (this.#phase === CLOSED) {
      return;
    } else if (!this.#persistent || this.#peerEnded) {
      this.#phase = IDLE;
      this.end();
    } else if (this.#reader.buffered > 0) {
      this.destroy(); // bytes behind the response: whatever they are, they answer nothing
    } else {
      this.#phase = IDLE;
      this.#reader.release();
      this.#owner.onIdle(this, this.#keepAliveMs);
    }
  }

  /** No response will come. */
  #fail(error: unknown): void {
    const handler = this.#handler;
    const silent = this.#silent;
    this.destroy(error);
    handler?.onFailure(error, silent);
  }
}

function cut(): ProtocolError {
  return new ProtocolError("IncompleteMessage", 502);
}
