import { inWords } from "../http1/errors.ts";

/** Why a fetch was given up by the client itself; what the peer or the network did has classes of its own. */
export type ClientErrorCode =
  | "UnsupportedScheme"
  | "UnsupportedIntegrity"
  | "TooManyRedirects"
  | "RedirectRefused"
  | "InvalidRedirect"
  | "BodyNotReplayable"
  | "BodyCancelled"
  | "InvalidBody"
  | "ContentLengthMismatch"
  | "InvalidContentCoding"
  | "UnexpectedUpgrade"
  | "ClientClosed";

/**
 * The `cause` of a failed fetch that neither the network nor a broken message explains.
 *
 * @example
 * ```ts
 * import { ClientError, createFetch } from "portico";
 *
 * try {
 *   await createFetch()("ftp://localhost/");
 * } catch (error) {
 *   const { cause } = error as TypeError;
 *   console.log(cause instanceof ClientError && cause.code); // UnsupportedScheme
 * }
 * ```
 */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message = inWords(code), options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * What `fetch` rejects with, and what a cut body's stream errors with: a `TypeError`, as the platform's. Its
 * `cause` is a `NetworkError`, a `ProtocolError`, a `ClientError`, or what a request body's stream threw. A
 * caller's mistake is a `TypeError` as it is.
 */
export function fetchFailed(cause: unknown): TypeError {
  if (cause instanceof TypeError) return cause;
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return new TypeError(`fetch failed${reason}`, { cause });
}
