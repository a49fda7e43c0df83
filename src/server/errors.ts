import { inWords } from "../http1/errors.ts";

/** What a caller did that the server refuses. `code` is stable; `name` is the same. */
export type UsageErrorCode =
  /** A request has one answer, by `respond`, `sendHeaders` or `upgrade`. Nothing of the second was sent. */
  | "ResponseAlreadySent"
  /** Answers have a whole number from 200 to 599. 101 is `upgrade`'s, 100 goes out by itself. */
  | "InvalidStatus"
  /** A whole number from 0 to 65535, and no string: `Number(process.env.PORT)`. */
  | "InvalidPort"
  | "InvalidOption"
  /** Objects go out by `JSON.stringify`, a promise after `await`. */
  | "InvalidBody"
  /** Keep what the first reading gave. */
  | "BodyAlreadyRead"
  /** Leave `Content-Length` to the server, or give as many bytes. */
  | "ContentLengthMismatch"
  /**
   * The callback ended without an answer. One that answers later has to be `async` and to wait for that; one that
   * gives back a `Response` goes through `fetchHandler`.
   */
  | "NoResponse"
  /** `await server.listen(port)` comes first. */
  | "NotListening"
  /** A server listens once: make another one for another port, or after `close()`. */
  | "AlreadyListening"
  /** The client did not ask for that protocol, or its body is unread. */
  | "NotUpgradable"
  /** The bytes' buffer was given to somebody else before they were sent. */
  | "ChunkTransferred"
  /** The writer of `sendHeaders` was closed. */
  | "WriterClosed"
  /** Nobody is there any more: `request.signal` says so when it happens. */
  | "ConnectionClosed";

/**
 * A caller's mistake, or a call that came too late. The connection goes on where that is possible, and no
 * other connection notices.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 *
 * const server = new AsyncHttpServer();
 * server.getPort(); // throws NotListening
 * ```
 */
export class UsageError extends Error {
  override readonly name: string;
  readonly code: UsageErrorCode;

  constructor(code: UsageErrorCode, message = inWords(code), options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    this.code = code;
  }
}

/** The call came too late: nobody is there any more. */
export function tooLate(): UsageError {
  return new UsageError("ConnectionClosed");
}

/** @throws UsageError `InvalidOption` for what is no function */
export function callable<T>(value: T): T {
  if (typeof value !== "function") throw invalidOption("wanted a function");
  return value;
}

export function invalidOption(problem: string): UsageError {
  return new UsageError("InvalidOption", problem);
}

/**
 * A second answer to one request. Nothing of it was sent.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 *
 * await new AsyncHttpServer().serve(8080, async (request) => {
 *   await request.respond(200, "first");
 *   await request.respond(200, "second"); // throws ResponseAlreadySent
 * });
 * ```
 */
export class ResponseAlreadySent extends UsageError {
  constructor() {
    super("ResponseAlreadySent");
  }
}
