import { inWords } from "../http1/errors.ts";

/** What a caller did that the server refuses. `code` is stable; `name` is the same. */
export type UsageErrorCode =
  | "ResponseAlreadySent"
  | "InvalidStatus"
  | "InvalidPort"
  | "InvalidOption"
  | "InvalidBody"
  | "BodyAlreadyRead"
  | "ContentLengthMismatch"
  | "NoResponse"
  | "NotListening"
  | "AlreadyListening"
  | "NotUpgradable"
  | "ChunkTransferred"
  | "WriterClosed"
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
  if (typeof value !== "function") throw new UsageError("InvalidOption", "wanted a function");
  return value;
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
