import { ProtocolError } from "../http1/errors.ts";
import type { HttpHeaders } from "../http1/headers.ts";
import type { HttpRequest } from "../server/types.ts";
import { soon } from "../socket/clock.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import { NodeHttpError } from "./errors.ts";
import { distinctHeaders, type IncomingHeaders, joinedHeaders } from "./incoming-headers.ts";
import { type Done, Readable, toBuffer } from "./streams.ts";

/** Node's default for a byte stream. */
const HIGH_WATER_MARK = 65_536;

/**
 * `http.IncomingMessage`: a request as a readable stream of Node. What it has to read is asked of the
 * connection when somebody reads, so back-pressure reaches the client, and `100 Continue` goes out then.
 */
export class IncomingMessage extends Readable {
  readonly socket: ConnectionSocket | undefined;
  readonly connection: ConnectionSocket | undefined;
  method: string | null = null;
  url = "";
  httpVersion = "1.1";
  httpVersionMajor = 1;
  httpVersionMinor = 1;
  statusCode: number | null = null;
  statusMessage: string | null = null;
  /** Whether the whole message was received. */
  complete = false;
  /** Whether the client went away before that. */
  aborted = false;
  upgrade = false;
  rawHeaders: string[] = [];
  rawTrailers: string[] = [];
  joinDuplicateHeaders = false;
  /**
   * By these two the streams' own code knows a server's request: one that is left in the middle, by a loop that breaks or a
   * `pipeline` that fails, then has no `socket`, so that it takes no connection along and can be answered.
   */
  readonly _consuming = false;
  readonly _dumped = false;

  #request: HttpRequest | undefined;
  /** Whether what becomes of the connection is decided elsewhere. */
  #over = false;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** A read that `writeContinue` began. */
  #early: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  #headers: IncomingHeaders | undefined;
  #trailers: IncomingHeaders | undefined;
  #whenMalformed: ((error: ProtocolError) => void) | undefined;

  /** As in Node: a program that makes one has a message without content. */
  constructor(socket?: ConnectionSocket) {
    super({ highWaterMark: HIGH_WATER_MARK });
    this.socket = socket;
    this.connection = socket;
  }

  /** It is this request. */
  begin(request: HttpRequest): void {
    this.#request = request;
    const { major, minor } = request.protocol;
    this.method = request.method;
    this.url = request.target;
    this.httpVersion = `${major}.${minor}`;
    this.httpVersionMajor = major;
    this.httpVersionMinor = minor;
    this.rawHeaders = flat(request.headers);
  }

  /** Another name of `socket`. */
  get client(): ConnectionSocket | undefined {
    return this.socket;
  }

  get headers(): IncomingHeaders {
    this.#headers ??= joinedHeaders(this.rawHeaders, this.joinDuplicateHeaders);
    return this.#headers;
  }

  set headers(headers: IncomingHeaders) {
    this.#headers = headers;
  }

  get headersDistinct(): Record<string, string[]> {
    return distinctHeaders(this.rawHeaders);
  }

  /** Empty until `"end"`. */
  get trailers(): IncomingHeaders {
    this.#trailers ??= joinedHeaders(this.rawTrailers, this.joinDuplicateHeaders);
    return this.#trailers;
  }

  set trailers(trailers: IncomingHeaders) {
    this.#trailers = trailers;
  }

  get trailersDistinct(): Record<string, string[]> {
    return distinctHeaders(this.rawTrailers);
  }

  setTimeout(ms: number, callback?: () => void): this {
    if (callback !== undefined) this.on("timeout", callback);
    this.socket?.setTimeout(ms);
    return this;
  }

  /** The body breaks HTTP or a limit, or did not come in time. */
  onMalformed(listener: (error: ProtocolError) => void): void {
    this.#whenMalformed = listener;
  }

  override _read(): void {
    // Behind an upgrade all bytes are the socket's.
    if (this.#request === undefined || this.upgrade) {
      this.complete = true;
      this.push(null);
      return;
    }
    const next = this.#early ?? this.#readNext();
    this.#early = undefined;
    if (next === undefined) this.#end([]);
    else next.then(({ done, value }) => this.#take(done ? undefined : value), this.#failed);
  }

  override _destroy(error: Error | null, done: Done): void {
    if (!this.readableEnded && !this.upgrade) {
      this.aborted = true;
      this.emit("aborted");
      // As in Node, a message that is given up takes its connection along, unless it is left to be answered.
      if (!this.socket) this.#leave();
      else if (!this.#over) this.socket.destroy();
    }
    // As Node does: an error only where somebody listens for one, and still does so by now.
    soon(() => done(this.listenerCount("error") > 0 ? error : null));
  }

  /** Asks for the body now, which is what lets a client that waits for 100 go on. */
  wantBody(): void {
    if (!this.complete) this.#early ??= this.#readNext();
    this.#early?.catch(() => {});
  }

  /** The connection is gone. */
  connectionLost(): void {
    if (this.destroyed || this.readableEnded) return;
    if (this.#request?.body === null) this.complete = true;
    this.destroy(aborted());
  }

  /** The answer is out: what nobody began to read nobody is going to read, and it ends. */
  answered(): void {
    this.#over = true;
    if (this.destroyed || this.readableFlowing !== null) return;
    this.#request = undefined;
    this.resume();
  }

  /** What is left of the body is the server's to drop. */
  #leave(): void {
    this.#over = true;
    this.#reader?.cancel().catch(() => {});
  }

  #readNext(): Promise<ReadableStreamReadResult<Uint8Array>> | undefined {
    this.#reader ??= this.#request?.body?.getReader();
    return this.#reader?.read();
  }

  #take(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined) this.push(toBuffer(bytes));
    else this.#request?.trailers.then((trailers) => this.#end(flat(trailers)), this.#failed);
  }

  #end(rawTrailers: string[]): void {
    this.rawTrailers = rawTrailers;
    this.#trailers = undefined;
    this.complete = true;
    this.push(null);
  }

  readonly #failed = (error: unknown): void => {
    if (this.destroyed) return;
    this.#over = true;
    const cause = error instanceof Error ? error : new Error(String(error));
    this.destroy(aborted(cause));
    if (error instanceof ProtocolError) this.#whenMalformed?.(error);
  };
}

function flat(headers: HttpHeaders): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers.lines()) raw.push(name, value);
  return raw;
}

function aborted(cause?: Error): NodeHttpError {
  return new NodeHttpError("ECONNRESET", "aborted", { cause });
}
