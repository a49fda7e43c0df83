import type { ServerOptions as PorticosOptions } from "../server/options.ts";
import type { Network } from "../socket/index.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import { argumentError } from "./errors.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import type { ServerResponse } from "./server-response.ts";

/** Answers one request. Frameworks' own types of the two differ from ours, so any function of two will do. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown;
export type AnyListener = (request: never, response: never) => unknown;

/** Options of `createServer`: Node's where Portico has a use for them, and the network. */
export interface ServerOptions {
  /** What to listen on. Default: the one that `useNetwork` set, else the platform's own. */
  network?: Network;
  /** Milliseconds between two requests of a connection. Default 5,000. */
  keepAliveTimeout?: number;
  /** Milliseconds for a request's head. Default 60,000. */
  headersTimeout?: number;
  /** Milliseconds for each 64 KiB of a request's body. Default 300,000. */
  requestTimeout?: number;
  /** Bytes of a request's head. Default 16,384. */
  maxHeaderSize?: number;
  /** Joins repeated fields with `", "` of which only the first would count. Default false. */
  joinDuplicateHeaders?: boolean;
  /** Makes the requests. Default: this module's. */
  IncomingMessage?: new (
    socket?: ConnectionSocket,
  ) => IncomingMessage;
  /** Makes the responses. Default: this module's. */
  ServerResponse?: new (
    request: IncomingMessage,
  ) => ServerResponse;
  /** Told of what a listener threw; the client gets 500. Default: `console.error`. */
  onError?: (error: unknown) => void;
}

/** `http.maxHeaderSize`: bytes. */
export const maxHeaderSize = 16_384;

/** @throws TypeError `ERR_INVALID_ARG_TYPE`; RangeError `ERR_OUT_OF_RANGE` */
export function checkOptions(options: ServerOptions): void {
  if (typeof options !== "object") {
    const got = typeof options;
    throw argumentError("ERR_INVALID_ARG_TYPE", `options must be an object or a listener, got ${got}`);
  }
  for (const name of ["keepAliveTimeout", "headersTimeout", "requestTimeout", "maxHeaderSize"] as const) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    if (typeof value !== "number")
      throw argumentError("ERR_INVALID_ARG_TYPE", `${name} must be a number, got ${typeof value}`);
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw argumentError("ERR_OUT_OF_RANGE", `${name} must be a whole number of at least 0, got ${value}`);
  }
}

/** What of them Portico's server has, too. @param maxHeadersCount Default 2,000; 0 is no limit */
export function limitsOf(
  { onError, maxHeaderSize: maxHeaderBytes = maxHeaderSize }: ServerOptions,
  maxHeadersCount: number | null,
): Pick<PorticosOptions, "maxBody" | "limits" | "onError"> {
  const maxHeaderCount = maxHeadersCount ?? 2_000;
  return {
    // Node has no limits for these; what reads a body has its own.
    maxBody: Number.MAX_SAFE_INTEGER,
    limits: {
      maxConnections: Infinity,
      maxUnsentBytes: Infinity,
      maxHeaderBytes,
      maxRequestLineBytes: maxHeaderBytes,
      maxHeaderCount: maxHeaderCount === 0 ? Number.MAX_SAFE_INTEGER : maxHeaderCount,
    },
    ...(onError === undefined ? {} : { onError }),
  };
}
