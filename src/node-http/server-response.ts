import type { HttpRequest } from "../server/types.ts";
import { soon } from "../socket/clock.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import { Delivery } from "./delivery.ts";
import { argumentError, checkName, missing, NodeHttpError } from "./errors.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import { type HeadersArgument, type HeaderValue, OutgoingHeaders } from "./outgoing-headers.ts";
import { type Done, Writable } from "./streams.ts";
import { STATUS_CODES } from "./tables.ts";

/**
 * `http.ServerResponse`: an answer as a writable stream of Node. A whole body given to `end` leaves with its
 * length, in one write; a body written in pieces is streamed, and a piece's callback comes when the
 * connection can take more.
 */
export class ServerResponse extends Writable {
  readonly req: IncomingMessage;
  readonly socket: ConnectionSocket | undefined;
  readonly connection: ConnectionSocket | undefined;
  statusCode = 200;
  /** The reason phrase. Default: the code's in `STATUS_CODES`. */
  statusMessage: string | undefined = undefined;
  /** Whether a `Date` is sent that the program did not set (RFC 9110 section 6.6.1 wants it). */
  sendDate = true;
  strictContentLength = false;
  shouldKeepAlive = true;
  /** What the listener did wrong when nobody listened for `"error"`. */
  failure: unknown;
  /** What Node has here is the head's text; programs ask whether it is there. */
  _header: string | null = null;

  readonly #headers = new OutgoingHeaders();
  readonly #delivery = new Delivery(this, this.#headers);
  /** Whether what it is destroyed with is emitted: sending failed, and the program did not ask for it. */
  #emitsError = false;

  /** As in Node: a program that makes one has a response that goes nowhere. */
  constructor(req: IncomingMessage) {
    super({ decodeStrings: true });
    this.req = req;
    this.socket = req.socket;
    this.connection = req.socket;
  }

  /** It answers this request. */
  begin(request: HttpRequest): void {
    this.#delivery.request = request;
  }

  /** Whether it was destroyed before all of it was sent, and its connection with it. */
  get givenUp(): boolean {
    return this.destroyed && !this.#delivery.over;
  }

  get headersSent(): boolean {
    return this._header !== null;
  }

  get finished(): boolean {
    return this.writableEnded;
  }

  setHeader(name: string, value: HeaderValue): this {
    this.#mustBeOpen("set");
    this.#headers.set(name, value);
    return this;
  }

  /** @throws TypeError `ERR_INVALID_ARG_TYPE`, or as `setHeader` */
  setHeaders(headers: Iterable<readonly [string, HeaderValue]>): this {
    if (!(headers instanceof Map || headers instanceof Headers))
      throw argumentError("ERR_INVALID_ARG_TYPE", "headers must be a Map or Headers");
    this.#mustBeOpen("set");
    for (const [name, value] of headers) {
      if (name.toLowerCase() === "set-cookie") this.appendHeader(name, String(value));
      else this.setHeader(name, value);
    }
    return this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    this.#mustBeOpen("append");
    this.#headers.append(name, value);
    return this;
  }

  getHeader(name: string): HeaderValue | undefined {
    checkName(name);
    return this.#headers.get(name);
  }

  getHeaders(): Record<string, HeaderValue> {
    return this.#headers.record();
  }

  getHeaderNames(): string[] {
    return this.#headers.names();
  }

  getRawHeaderNames(): string[] {
    return this.#headers.rawNames();
  }

  hasHeader(name: string): boolean {
    checkName(name);
    return this.#headers.has(name);
  }

  removeHeader(name: string): void {
    checkName(name);
    this.#mustBeOpen("remove");
    if (name.toLowerCase() === "date") this.sendDate = false;
    this.#headers.delete(name);
  }

  /**
   * Settles status and headers; they leave with the first byte of the body.
   * @throws NodeHttpError `ERR_HTTP_HEADERS_SENT`; RangeError `ERR_HTTP_INVALID_STATUS_CODE`; or of a header
   */
  writeHead(code: number, reason?: string | HeadersArgument, headers?: HeadersArgument): this {
    if (this.headersSent) this.#mustBeOpen("write");
    const status = Number(code) | 0;
    if (status < 200 || status > 599) {
      throw argumentError("ERR_HTTP_INVALID_STATUS_CODE", "Invalid status code: wanted 200 to 599");
    }
    const given = typeof reason === "string" ? headers : (headers ?? reason);
    const phrase =
      typeof reason === "string" ? reason : (this.statusMessage ?? STATUS_CODES[status] ?? "unknown");
    if (/[^\t\x20-\x7e\x80-\xff]/.test(phrase)) {
      throw argumentError("ERR_INVALID_CHAR", "Invalid character in statusMessage");
    }
    this.statusCode = status;
    this.statusMessage = phrase;
    if (given !== undefined && given !== null) this.#headers.merge(given as HeadersArgument);
    if (!this.shouldKeepAlive) this.#headers.set("Connection", "close");
    this._header = `HTTP/1.1 ${status} ${this.statusMessage}\r\n`;
    return this;
  }

  /** What middleware replaces `writeHead` for: the head that nobody wrote. */
  _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  /** Sends the head now. */
  flushHeaders(): void {
    if (!this.headersSent) this._implicitHeader();
    this.#delivery.begin().catch((error) => this.fail(error));
  }

  writeContinue(callback?: () => void): void {
    this.req.wantBody();
    if (callback !== undefined) soon(callback);
  }

  /** @throws NodeHttpError */
  writeProcessing(): never {
    throw missing("response.writeProcessing()");
  }

  /** @throws NodeHttpError */
  writeEarlyHints(): never {
    throw missing("response.writeEarlyHints()");
  }

  /** @throws NodeHttpError */
  assignSocket(): never {
    throw missing("response.assignSocket()");
  }

  /** @throws NodeHttpError */
  detachSocket(): never {
    throw missing("response.detachSocket()");
  }

  /** Trailers follow a body in chunks. */
  addTrailers(headers: HeadersArgument): void {
    const all = new OutgoingHeaders();
    all.merge(headers);
    this.#delivery.trailers = all.lines();
  }

  setTimeout(ms: number, callback?: () => void): this {
    if (callback !== undefined) this.on("timeout", callback);
    this.socket?.setTimeout(ms);
    return this;
  }

  override write(chunk: unknown, encoding?: string | Done, done?: Done): boolean {
    if (this.writableEnded) return this.#tooLate(typeof encoding === "function" ? encoding : done);
    if (!this.headersSent) this._implicitHeader();
    this.#delivery.inPieces = true;
    return super.write(asBytes(chunk), encoding, done);
  }

  override end(chunk?: unknown, encoding?: string | Done, done?: Done): this {
    if (typeof chunk === "function") return this.end(undefined, undefined, chunk as Done);
    if (typeof encoding === "function") return this.end(chunk, undefined, encoding);
    if (this.writableEnded && chunk !== undefined && chunk !== null) {
      this.#tooLate(done);
      return this;
    }
    if (!this.writableEnded && !this.destroyed) {
      if (!this.headersSent) this._implicitHeader();
      if (!this.#delivery.inPieces && chunk !== undefined && chunk !== null) {
        this.#delivery.takeWhole(chunk, encoding);
        return super.end(undefined, undefined, done);
      }
    }
    return super.end(chunk === null ? undefined : asBytes(chunk), encoding, done);
  }

  /** As in Node, an answer that is given up takes its connection along. */
  override _destroy(error: Error | null, done: Done): void {
    this.#delivery.giveUp();
    done(this.#emitsError ? error : null);
  }

  /** As in Node it is told, and what was ended is sent all the same. Where nobody listens the server is told. */
  #tooLate(done?: Done): false {
    const error = new NodeHttpError("ERR_STREAM_WRITE_AFTER_END", "write after end");
    soon(() => {
      done?.(error);
      if (this.listenerCount("error") > 0) this.emit("error", error);
      else this.failure ??= error;
    });
    return false;
  }

  /** The listener's mistake, or the client's, for which Portico answers while it can. */
  fail(error: unknown): void {
    if (this.#delivery.over || this.destroyed) return;
    this.failure = error;
    this.#delivery.leave();
    this.destroy();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#delivery.piece(chunk).then(
      () => done(),
      (error) => this.#failed(error, done),
    );
  }

  override _final(done: Done): void {
    this.#delivery.finish().then(
      () => done(),
      (error) => this.#failed(error, done),
    );
  }

  /** The connection is gone; what was handed to it before has been sent for all that a program can know. */
  connectionLost(): void {
    if (!this.#delivery.over) this.destroy();
  }

  /** The client went away: like Node, no error but a close without `"finish"`. */
  #gone(done: Done): void {
    this.destroy();
    done();
  }

  #failed(error: unknown, done: Done): void {
    if (this.socket?.destroyed) this.#gone(done);
    else if (this.listenerCount("error") > 0) {
      this.#emitsError = true;
      done(error instanceof Error ? error : new Error(String(error)));
    } else {
      this.fail(error);
      done();
    }
  }

  #mustBeOpen(what: string): void {
    if (!this.headersSent) return;
    throw new NodeHttpError(
      "ERR_HTTP_HEADERS_SENT",
      `Cannot ${what} headers after they are sent to the client`,
    );
  }
}

/** The streams' own package takes its own `Buffer` and `Uint8Array`; another realm's bytes are neither. */
function asBytes(chunk: unknown): unknown {
  return ArrayBuffer.isView(chunk) && !(chunk instanceof Uint8Array)
    ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    : chunk;
}
