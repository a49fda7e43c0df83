import { CodedError } from "../socket/coded-error.ts";

/** Node's codes for what a caller of this module does wrong, or wants and can't have. */
export type NodeHttpErrorCode =
  | "ERR_HTTP_HEADERS_SENT"
  | "ERR_HTTP_INVALID_HEADER_VALUE"
  | "ERR_HTTP_INVALID_STATUS_CODE"
  | "ERR_INVALID_ARG_TYPE"
  | "ERR_INVALID_ARG_VALUE"
  | "ERR_INVALID_CHAR"
  | "ERR_INVALID_HTTP_TOKEN"
  | "ERR_OUT_OF_RANGE"
  | "ERR_METHOD_NOT_IMPLEMENTED"
  | "ERR_SERVER_ALREADY_LISTEN"
  | "ERR_SERVER_NOT_RUNNING"
  | "ERR_SOCKET_BAD_PORT"
  | "ECONNRESET";

/**
 * An error with the `code` that Node gives it.
 *
 * @example
 * ```ts
 * import { createServer } from "portico/node-http";
 *
 * createServer((_request, response) => {
 *   response.end("Hello");
 *   response.setHeader("X-Late", "1"); // throws ERR_HTTP_HEADERS_SENT
 * }).listen(8080);
 * ```
 */
export class NodeHttpError extends CodedError<NodeHttpErrorCode> {}

/** The error of something that `node:http` has and this module has not; it names it. */
export function missing(name: string, instead?: string): NodeHttpError {
  const hint = instead === undefined ? "" : `: ${instead}`;
  return new NodeHttpError("ERR_METHOD_NOT_IMPLEMENTED", `${name} is not in portico/node-http${hint}`);
}
