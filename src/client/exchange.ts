import type { ResponseHead } from "../http1/response-reader.ts";
import type { Client } from "./client.ts";
import type { ClientConnection, ResponseHandler } from "./connection.ts";
import { storeCookies } from "./cookies.ts";
import { codingsOf, decode } from "./decoding.ts";
import { ClientError, clientClosed, fetchFailed } from "./errors.ts";
import type { IncomingBody } from "./incoming-body.ts";
import type { Applicant, Pool } from "./pool.ts";
import { isRedirect, MAX_REDIRECTS, redirected } from "./redirects.ts";
import type { OutgoingRequest } from "./request.ts";
import { type WireHead, writeHead } from "./request-writer.ts";
import { fetchedResponse } from "./response.ts";

/** Methods that may be sent again when it is not known whether the server has acted (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/** Statuses whose `Response` can't be constructed with a body (Fetch Standard, "null body status"). */
const NULL_BODY = new Set([204, 205, 304]);
/** Rest of a redirect's body that is read and dropped to keep the connection; above it cutting is cheaper. */
const MAX_DROPPED = 65_536;

/** The two ends of the promise that `fetch` gave. */
interface Settler {
  resolve(response: Response): void;
  reject(error: unknown): void;
}

/**
 * One call of `fetch`, from the first request to the response, over redirects and a second attempt. Driven by
 * callbacks: between a request whose connection idles and a response that came whole no promise is made.
 */
export class Exchange implements Applicant, ResponseHandler {
  readonly signal: AbortSignal | undefined;
  readonly #client: Client;
  /** Gone once it was settled: the response has to be nobody's but the caller's, to be missed when it is dropped. */
  #promise: Settler | undefined;
  #request: OutgoingRequest;
  #redirects = 0;
  #retried = false;
  #head: WireHead | undefined;
  #pool: Pool | undefined;
  #connection: ClientConnection | undefined;
  #body: IncomingBody | undefined;
  #onAbort: (() => void) | undefined;

  constructor(client: Client, request: OutgoingRequest, promise: Settler) {
    this.#client = client;
    this.#request = request;
    this.signal = request.signal;
    this.#promise = promise;
  }

  start(): void {
    const { signal } = this;
    if (this.#client.closed) return this.#fail(clientClosed());
    if (signal !== undefined) {
      if (signal.aborted) return this.#abort(signal.reason);
      this.#onAbort = () => this.#abort(signal.reason);
      signal.addEventListener("abort", this.#onAbort);
    }
    this.#dispatch();
  }

  // What the pool and the connection say.

  onConnection(connection: ClientConnection): void {
    const { method, body } = this.#request;
    this.#connection = connection;
    connection.send(method, this.#head as WireHead, body, this);
  }

  onNoConnection(error: unknown): void {
    this.#fail(error);
  }

  onResponse(head: ResponseHead, body: IncomingBody | undefined): void {
    this.#connection = undefined;
    this.#body = body;
    const { cookieJar } = this.#client.config;
    if (cookieJar !== undefined && this.#request.cookies && head.headers.has("set-cookie")) {
      void storeCookies(cookieJar, this.#request.url.href, head.headers).then(() => this.#answer(head));
    } else {
      this.#answer(head);
    }
  }

  onFailure(error: unknown, silent: boolean): void {
    const used = this.#connection?.used;
    this.#connection = undefined;
    const { method, body } = this.#request;
    const repeatable = IDEMPOTENT.has(method) && body?.kind !== "stream";
    // The server had closed an idle connection before the request reached it: nothing is known to be wrong.
    if (silent && used && repeatable && !this.#retried) {
      this.#retried = true;
      this.#apply();
    } else {
      this.#fail(error);
    }
  }

  // How it goes on.

  #dispatch(): void {
    const { cookieJar } = this.#client.config;
    if (cookieJar === undefined || !this.#request.cookies) return this.#send("");
    Promise.resolve(cookieJar.getCookieString(this.#request.url.href)).then(
      (cookie) => this.#send(cookie),
      (error) => this.#fail(error),
    );
  }

  #send(cookie: string): void {
    if (this.#promise === undefined) return;
    try {
      this.#head = writeHead(this.#request, cookie, this.#client.headDefaults);
      this.#pool = this.#client.poolFor(this.#request.url);
    } catch (error) {
      this.#fail(error);
      return;
    }
    const connection = this.#pool.take();
    if (connection !== undefined) this.onConnection(connection);
    else this.#apply();
  }

  #apply(): void {
    this.#pool?.apply(this);
  }

  #answer(head: ResponseHead): void {
    if (this.#promise === undefined) return;
    const location = isRedirect(head.status) ? head.headers.get("location") : null;
    try {
      if (location !== null && this.#request.redirect !== "manual") this.#redirect(head, location);
      else this.#deliver(head);
    } catch (error) {
      this.#body?.abort();
      this.#fail(error);
    }
  }

  #redirect({ status, framing }: ResponseHead, location: string): void {
    if (this.#request.redirect === "error") {
      throw new ClientError("RedirectRefused");
    }
    if (++this.#redirects > MAX_REDIRECTS) {
      throw new ClientError("TooManyRedirects", `more than ${MAX_REDIRECTS}`);
    }
    this.#request = redirected(this.#request, status, location);
    if (framing >= 0 && framing <= MAX_DROPPED) void this.#body?.drop();
    else if (!this.#body?.complete) this.#body?.abort();
    this.#body = undefined;
    this.#dispatch();
  }

  #deliver(head: ResponseHead): void {
    const body = this.#body;
    const { status, headers } = head;
    const content = this.#content(head);
    const response = fetchedResponse(
      content,
      { status, statusText: head.reason, headers: platformHeaders(head) },
      { url: this.#request.url, redirected: this.#redirects > 0, headers, body },
    );
    if (body === undefined || body.settled) this.#release();
    else body.onSettled = () => this.#release();
    this.#promise?.resolve(response);
    this.#promise = undefined;
  }

  /** The body in the form that costs least: its bytes where all of them are here, else a stream. */
  #content({ status, headers }: ResponseHead): Uint8Array<ArrayBuffer> | ReadableStream | null {
    const body = this.#body;
    if (NULL_BODY.has(status)) body?.abort();
    if (this.#request.method === "HEAD" || NULL_BODY.has(status)) return null;
    if (body === undefined) return new Uint8Array();
    const codings = body.complete && body.waiting === 0 ? [] : codingsOf(headers);
    if (codings.length > 0) return decode(body, codings);
    return body.complete ? body.takeAll() : body.stream();
  }

  #fail(error: unknown): void {
    // A caller's mistake is a TypeError as it is.
    this.#settle(error, error instanceof TypeError ? error : fetchFailed(error));
  }

  #abort(reason: unknown): void {
    this.#release();
    this.#pool?.forget(this);
    this.#connection?.destroy(reason);
    this.#connection = undefined;
    this.#body?.fail(reason);
    this.#settle(reason, reason);
  }

  /** There will be no response. */
  #settle(cause: unknown, error: unknown): void {
    this.#release();
    const promise = this.#promise;
    if (promise === undefined) return;
    this.#promise = undefined;
    const { body } = this.#request;
    if (body?.kind === "stream") body.reader.cancel(cause).catch(() => {});
    promise.reject(error);
  }

  #release(): void {
    if (this.#onAbort !== undefined) this.signal?.removeEventListener("abort", this.#onAbort);
    this.#onAbort = undefined;
  }
}

/** What the platform's constructor takes at least cost: a record where no name comes twice. */
function platformHeaders({ headers }: ResponseHead): [string, string][] {
  return [...headers.entries()];
}
