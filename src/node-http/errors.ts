import { CodedError } from "../socket/coded-error.ts";

/** Node's codes for what comes at a wrong time, or is wanted and can't be had. */
export type NodeHttpErrorCode =
  | "ERR_HTTP_HEADERS_SENT"
  | "ERR_METHOD_NOT_IMPLEMENTED"
  | "ERR_SERVER_ALREADY_LISTEN"
  | "ERR_SERVER_NOT_RUNNING"
  | "ERR_STREAM_WRITE_AFTER_END"
  | "ECONNRESET";

/** Node's codes for arguments that are wrong, and the class of each: programs ask for either. */
const ARGUMENT_ERRORS = {
  ERR_HTTP_INVALID_HEADER_VALUE: TypeError,
  ERR_HTTP_INVALID_STATUS_CODE: RangeError,
  ERR_INVALID_ARG_TYPE: TypeError,
  ERR_INVALID_ARG_VALUE: TypeError,
  ERR_INVALID_CHAR: TypeError,
  ERR_INVALID_HTTP_TOKEN: TypeError,
  ERR_OUT_OF_RANGE: RangeError,
  ERR_SOCKET_BAD_PORT: RangeError,
};

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

/** What Node throws for a wrong argument: a `TypeError`, or a `RangeError` for a number out of its range, with a `code`. */
export function argumentError(
  code: keyof typeof ARGUMENT_ERRORS,
  message: string,
): Error & { readonly code: string } {
  return Object.assign(new ARGUMENT_ERRORS[code](message), { code });
}

/** @throws TypeError `ERR_INVALID_ARG_TYPE` for a header's name that is no text */
export function checkName(name: unknown): void {
  if (typeof name !== "string")
    throw argumentError("ERR_INVALID_ARG_TYPE", `a header's name must be a string, got ${typeof name}`);
}

/** The error of something that `node:http` has and this module has not; it names it. */
export function missing(name: string, instead?: string): NodeHttpError {
  const hint = instead === undefined ? "" : `: ${instead}`;
  return new NodeHttpError("ERR_METHOD_NOT_IMPLEMENTED", `${name} is not in portico/node-http${hint}`);
}
