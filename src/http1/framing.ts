import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { listElements } from "./list.ts";

/**
 * How a body is delimited, as one number: a length in octets (0: there is no body), or one of the two below.
 */
export type Framing = number;
/** Chunked transfer coding. */
export const CHUNKED: Framing = -1;
/** Everything until the connection closes; responses only. */
export const UNTIL_CLOSE: Framing = -2;

/**
 * The body of a request or a response, by the steps of RFC 9112 section 6.3.
 * @param minor of the message's version
 * @param status of a response; `undefined` for a request
 * @param requestMethod what a response answers
 * @throws ProtocolError
 */
export function bodyFraming(
  lines: FieldLines,
  minor: number,
  status?: number,
  requestMethod?: string,
): Framing {
  // 1. and 2. To HEAD, and 1xx, 204 and 304: none, whatever the fields say. 2xx to CONNECT: a tunnel.
  if (status && hasNone(status, requestMethod)) return 0;
  const transferEncoding = lines.values("transfer-encoding");
  const contentLength = lines.values("content-length");
  if (transferEncoding.length > 0) {
    // 3. Both: a message ought to be handled as an error. Taking either is how requests are smuggled.
    if (contentLength.length > 0) throw invalid("both Transfer-Encoding and Content-Length");
    // 4. Transfer-Encoding. HTTP/1.0 does not have it: the framing is faulty (section 6.1).
    if (!status && minor === 0) throw invalid("Transfer-Encoding in HTTP/1.0");
    if (isChunked(transferEncoding)) return CHUNKED;
    if (!status) throw invalid(WANTED);
    return UNTIL_CLOSE;
  }
  // 5. and 6. Content-Length.
  if (contentLength.length > 0) return readContentLength(contentLength);
  // 7. and 8. Neither: no body, or until the connection closes.
  return status ? UNTIL_CLOSE : 0;
}

const WANTED = "wanted chunked alone";

function hasNone(status: number, requestMethod: string | undefined): boolean {
  if (requestMethod === "HEAD" || status < 200 || status === 204 || status === 304) return true;
  return requestMethod === "CONNECT" && status < 300;
}

/**
 * Whether `chunked` is the last coding and the only one.
 * @returns false when the last coding is another one
 * @throws ProtocolError 501 for a coding that is not known here under a last `chunked`
 */
function isChunked(values: readonly string[]): boolean {
  const codings = values.flatMap((value) => listElements(value.toLowerCase()));
  if (codings.pop() !== "chunked") return false;
  if (codings.includes("chunked")) throw invalid(WANTED);
  if (codings.length === 0) return true;
  throw new ProtocolError("UnsupportedTransferCoding", 501, WANTED);
}

/**
 * `Content-Length = 1*DIGIT` (RFC 9110 section 8.6). A list of equal values may be taken as one; it is refused
 * here, since nothing but an attack sends it.
 */
function readContentLength([value = "", another]: readonly string[]): number {
  const length = lengthOf(value);
  if (length >= 0 && another === undefined) return length;
  throw new ProtocolError("InvalidContentLength", 400, "wanted one Content-Length of digits");
}

/** `1*DIGIT` as a number, NaN where it is none or too large to be exact. */
export function lengthOf(value: string): number {
  const length = Number(value);
  return /^\d+$/.test(value) && Number.isSafeInteger(length) ? length : Number.NaN;
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidTransferEncoding", 400, what);
}
