import type { ProtocolError, ProtocolErrorCode } from "../http1/errors.ts";

/** What Node's parser calls it, as far as programs are known to ask. */
const CODES: Partial<Record<ProtocolErrorCode, string>> = {
  InvalidRequestLine: "HPE_INVALID_METHOD",
  InvalidTarget: "HPE_INVALID_URL",
  RequestLineTooLong: "HPE_HEADER_OVERFLOW",
  HeaderTooLarge: "HPE_HEADER_OVERFLOW",
  TooManyHeaderFields: "HPE_HEADER_OVERFLOW",
  InvalidVersion: "HPE_INVALID_VERSION",
  UnsupportedVersion: "HPE_INVALID_VERSION",
  InvalidFieldLine: "HPE_INVALID_HEADER_TOKEN",
  InvalidContentLength: "HPE_INVALID_CONTENT_LENGTH",
  InvalidTransferEncoding: "HPE_INVALID_TRANSFER_ENCODING",
  UnsupportedTransferCoding: "HPE_INVALID_TRANSFER_ENCODING",
  InvalidChunk: "HPE_INVALID_CHUNK_SIZE",
  ChunkExtensionsTooLarge: "HPE_CHUNK_EXTENSIONS_OVERFLOW",
  IncompleteMessage: "HPE_INVALID_EOF_STATE",
  RequestTimeout: "ERR_HTTP_REQUEST_TIMEOUT",
};

/** The error of a `"clientError"` event. Its `cause` is Portico's own. */
export function clientErrorOf(cause: ProtocolError): Error & { readonly code: string } {
  const code = CODES[cause.code] ?? "HPE_USER";
  return Object.assign(new Error(`Parse Error: ${cause.message}`, { cause }), { code });
}
