import type { HeadersInput, HttpHeaders } from "../http1/headers.ts";
import type { Socket } from "../socket/index.ts";

/** What `respond` can send. `null` and absence are an empty body. Strings are sent as UTF-8. */
export type BodyContent =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | null;

/**
 * Serves one request. Whatever it throws is answered with 500 and handed to `onError`. As long as it runs the request is
 * its own, and so is the connection while a body is unread: no timeout ends that, nor is a client that goes
 * away always seen before the rest is read. What may take for ever is to have a deadline (`AbortSignal.timeout`), or is
 * not awaited.
 */
export type RequestCallback = (request: HttpRequest) => void | Promise<void>;

/** An open response body. */
export interface BodyWriter {
  /**
   * Sends a chunk; resolves when the connection can take more, so awaiting it is back-pressure. Its bytes are not to be
   * changed afterwards: they may leave a moment later.
   */
  write(chunk: Uint8Array | string): Promise<void>;
  /** Ends the body. Trailers are sent where the framing has room for them (chunked), else dropped. */
  close(trailers?: HeadersInput): Promise<void>;
}

/** A connection that was handed over: the bytes from here on are another protocol's. */
export interface UpgradedConnection extends Socket {
  /**
   * Called once when the server closes, or soon after it is set when that has happened already: the protocol's
   * chance for a goodbye. What is not closed `graceMs` later is cut.
   */
  onShutDown?: (() => void) | undefined;
}

/** One request, and the way to answer it. */
export interface HttpRequest {
  /** The connection underneath. */
  readonly client: Socket;
  /** Any RFC 9110 token, case-sensitive. */
  readonly method: string;
  /** The request target exactly as sent. */
  readonly target: string;
  /** The target URI (RFC 9112 section 3.3): Host applied, parsed when first read. */
  readonly url: URL;
  /** The version as sent, `orig` being `"HTTP/1.1"`. */
  readonly protocol: { readonly orig: string; readonly major: number; readonly minor: number };
  readonly headers: HttpHeaders;
  /** Address of the client that made the request. */
  readonly hostname: string;
  /**
   * Aborted when the client goes away before the response is complete, or ended its side a while ago: over TCP that
   * looks the same until something is written, so an answer is sent all the same.
   */
  readonly signal: AbortSignal;
  /** The trailer section; settles once the body was read to its end, empty where there is none. */
  readonly trailers: Promise<HttpHeaders>;

  /**
   * The body as a stream with back-pressure, `null` where the message has none. Read at most once, before the answer or
   * behind it, until the callback ends. A piece, and so a short body as a whole, shares its memory with what came behind
   * it: what is to be transferred, to another thread say, is a copy (`piece.slice()`).
   */
  readonly body: ReadableStream<Uint8Array> | null;
  /**
   * The body's pieces as they come, with back-pressure; none where the message has no body. It takes the place of `body`
   * where no stream is needed: on Node making one costs as much as reading half a megabyte. Who leaves the loop leaves the rest.
   * @throws UsageError `BodyAlreadyRead`
   *
   * @example
   * ```ts
   * import { AsyncHttpServer } from "portico";
   *
   * await new AsyncHttpServer().serve(8080, async (request) => {
   *   let bytes = 0;
   *   for await (const piece of request) bytes += piece.length;
   *   await request.respond(200, `${bytes} bytes`);
   * });
   * ```
   */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined>;
  readonly bodyUsed: boolean;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
  json<T = unknown>(): Promise<T>;
  formData(): Promise<FormData>;

  /**
   * Answers. Does not close the connection. Resolves when the response was handed to the connection.
   * @throws ResponseAlreadySent when there was an answer before.
   */
  respond(code: number, content?: BodyContent, headers?: HeadersInput): Promise<void>;
  /** Starts a streamed response and gives the writer of its body. */
  sendHeaders(headers: HeadersInput, code?: number): Promise<BodyWriter>;
  /** Answers 101 and hands the connection over, with any bytes that were already read. */
  upgrade(protocol: string, headers?: HeadersInput): Promise<UpgradedConnection>;
  /**
   * Hands the connection over with nothing said: whoever takes it writes the answer too, as for CONNECT. What
   * was already read, a body included, comes first.
   * @throws ResponseAlreadySent when there was an answer before.
   */
  takeOver(): UpgradedConnection;
}
