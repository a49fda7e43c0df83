/** Whose message was wrong, and how. Peers' mistakes only; a caller's are `UsageError`s. */
export type ProtocolErrorCode =
  | "InvalidRequestLine"
  | "InvalidTarget"
  | "RequestLineTooLong"
  | "InvalidStatusLine"
  | "InvalidVersion"
  | "UnsupportedVersion"
  | "InvalidFieldLine"
  | "HeaderTooLarge"
  | "TooManyHeaderFields"
  | "TrailersTooLarge"
  | "MissingHost"
  | "InvalidHost"
  | "InvalidContentLength"
  | "InvalidTransferEncoding"
  | "UnsupportedTransferCoding"
  | "InvalidChunk"
  | "ChunkExtensionsTooLarge"
  | "BodyTooLarge"
  | "IncompleteMessage"
  | "RequestTimeout"
  | "ExpectationFailed";

/**
 * The peer broke the protocol or a limit. `status` is what a server answers with before it closes. The
 * text says what was wanted and never holds octets of the peer's.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, rawRequest, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * const server = new AsyncHttpServer({
 *   network,
 *   onClientError({ code, status }) {
 *     console.log(code, status); // UnsupportedVersion 505
 *   },
 * });
 * void server.serve(8080, (request) => request.respond(200));
 * await rawRequest(network, { host: "localhost", port: 8080 }, "GET / HTTP/9.9\r\n\r\n");
 * ```
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;
  readonly status: number;

  constructor(code: ProtocolErrorCode, status: number, message = inWords(code)) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The text of an error whose code says it all: `Request timeout`. */
export function inWords(code: string): string {
  return code.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/**
 * The caller gave a header, trailer or status that HTTP has no room for. Nothing was sent.
 *
 * @example
 * ```ts
 * import { HttpHeaders } from "portico";
 *
 * new HttpHeaders({ "Content Type": "text/plain" }); // throws InvalidHeader
 * ```
 */
export class InvalidHeader extends TypeError {
  override readonly name = "InvalidHeader";
  readonly code = "InvalidHeader";
}
