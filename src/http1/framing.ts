import { ProtocolError } from "./errors.ts";
import { listElements } from "./list.ts";

/**
 * How a body is delimited, as one number: a length in octets (0: there is no body), or one of the two below.
 */
export type Framing = number;
/** Chunked transfer coding. */
export const CHUNKED: Framing = -1;
/** Everything until the connection closes; responses only. */
export const UNTIL_CLOSE: Framing = -2;

/** The two fields that decide, each as the values of its lines. */
export interface FramingFields {
  readonly transferEncoding: readonly string[];
  readonly contentLength: readonly string[];
}

const NO_BODY: Framing = 0;

/**
 * The body of a request, by the steps of RFC 9112 section 6.3 that concern one. Steps 1, 2 and 8 are about
 * responses.
 * @throws ProtocolError
 */
export function requestFraming(fields: FramingFields, minor: number): Framing {
  const { transferEncoding, contentLength } = fields;
  // 3. Both: the message ought to be handled as an error. Taking either is how requests are smuggled.
  if (transferEncoding.length > 0 && contentLength.length > 0) {
    throw new ProtocolError("InvalidTransferEncoding", 400, "both Transfer-Encoding and Content-Length");
  }
  // 4. Transfer-Encoding. HTTP/1.0 does not have it: the framing is faulty (section 6.1).
  if (transferEncoding.length > 0) {
    if (minor === 0) throw new ProtocolError("InvalidTransferEncoding", 400, "Transfer-Encoding in HTTP/1.0");
    if (!isChunked(transferEncoding)) {
      throw new ProtocolError("InvalidTransferEncoding", 400, "wanted chunked as the last transfer coding");
    }
    return CHUNKED;
  }
  // 5. and 6. Content-Length.
  if (contentLength.length > 0) return readContentLength(contentLength);
  // 7. Neither: no body.
  return NO_BODY;
}

/**
 * The body of a response, by the steps of RFC 9112 section 6.3.
 * @throws ProtocolError
 */
export function responseFraming(fields: FramingFields, status: number, requestMethod: string): Framing {
  const { transferEncoding, contentLength } = fields;
  // 1. To HEAD, and 1xx, 204 and 304: none, whatever the fields say.
  if (requestMethod === "HEAD" || status < 200 || status === 204 || status === 304) return NO_BODY;
  // 2. 2xx to CONNECT: a tunnel, which has no message body.
  if (requestMethod === "CONNECT" && status < 300) return NO_BODY;
  // 3. Both: a response could be taken by Transfer-Encoding alone, but is as much of an error as a request.
  if (transferEncoding.length > 0 && contentLength.length > 0) {
    throw new ProtocolError("InvalidTransferEncoding", 502, "both Transfer-Encoding and Content-Length");
  }
  // 4. Chunked, or delimited by the close when chunked is not the last coding.
  if (transferEncoding.length > 0) return isChunked(transferEncoding) ? CHUNKED : UNTIL_CLOSE;
  // 5. and 6. Content-Length.
  if (contentLength.length > 0) return readContentLength(contentLength);
  // 8. Neither: until the connection closes.
  return UNTIL_CLOSE;
}

/**
 * Whether `chunked` is the last coding and the only one.
 * @returns false when the last coding is another one
 * @throws ProtocolError 501 for a coding that is not known here under a last `chunked`
 */
function isChunked(values: readonly string[]): boolean {
  const codings = values.flatMap(listElements);
  if (codings.at(-1)?.toLowerCase() !== "chunked") return false;
  if (codings.length === 1) return true;
  if (codings.slice(0, -1).some((coding) => coding.toLowerCase() === "chunked")) {
    throw new ProtocolError("InvalidTransferEncoding", 400, "chunked more than once");
  }
  throw new ProtocolError("UnsupportedTransferCoding", 501, "chunked is the one transfer coding known here");
}

/**
 * `Content-Length = 1*DIGIT` (RFC 9110 section 8.6). A list of equal values may be taken as one; it is refused
 * here, since nothing but an attack sends it.
 */
function readContentLength(values: readonly string[]): number {
  const [value = ""] = values;
  if (values.length > 1 || !/^[0-9]+$/.test(value)) {
    throw new ProtocolError("InvalidContentLength", 400, "wanted one Content-Length of digits alone");
  }
  const length = Number(value);
  if (!Number.isSafeInteger(length)) {
    throw new ProtocolError("InvalidContentLength", 400, `a Content-Length above ${Number.MAX_SAFE_INTEGER}`);
  }
  return length;
}
