import { toValue } from "../http1/headers.ts";
import { listElements } from "../http1/list.ts";
import { isAscii, octets } from "../http1/octets.ts";
import { checkTransferEncoding, declaredLength } from "../http1/response-writer.ts";
import { acceptEncoding } from "./decoding.ts";
import type { ClientConfig } from "./options.ts";
import type { OutgoingRequest } from "./request.ts";

/** A head ready for the wire. */
export interface WireHead {
  /** Text where it is ASCII, so that it is the same octets in UTF-8. */
  readonly head: string | Uint8Array;
  /** Of the content in octets, `undefined` for chunks. */
  readonly length: number | undefined;
  /** Whether the server was asked to close the connection after its response. */
  readonly close: boolean;
}

/** Fields that the writer answers for. */
const OWN_FIELDS = /^(host|expect|cookie|content-length|transfer-encoding|connection)$/i;

/**
 * Writes `request-line *( field-line CRLF ) CRLF` (RFC 9112 section 3), the target in origin-form. The fields
 * that frame the message or name the host are the writer's own: the caller's word on them is checked and
 * heard, not copied. `Expect` is not sent.
 * @throws InvalidHeader when the caller's `Content-Length` or `Transfer-Encoding` contradicts the body
 */
export function writeHead(request: OutgoingRequest, cookie: string, config: ClientConfig): WireHead {
  const { method, url, headers, body } = request;
  const said = (name: string) => headers?.get(name) ?? "";
  let text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${said("host") || url.host}\r\n`;
  for (const [name, value] of headers?.lines() ?? []) {
    if (!OWN_FIELDS.test(name)) text += `${name}: ${value}\r\n`;
  }
  /** What the caller did not say. */
  const add = (name: string, value: string) => {
    if (value !== "" && !headers?.has(name)) text += `${name}: ${value}\r\n`;
  };
  if (body) add("Content-Type", body.type);
  const cookies = [...(headers?.getAll("cookie") ?? []), cookie].filter(Boolean);
  // A jar may hold what came from no header: a char above U+00FF would lose its upper half, and be a line's end.
  if (cookies.length > 0) text += `Cookie: ${toValue("Cookie", cookies.join("; "))}\r\n`;
  add("Accept", "*/*");
  add("User-Agent", config.userAgent);
  // A part of a coded content could not be decoded (Fetch Standard, "HTTP-network-or-cache fetch").
  add("Accept-Encoding", said("range") ? "identity" : acceptEncoding());
  const length = contentLength(request);
  if (length === undefined) text += "Transfer-Encoding: chunked\r\n";
  else if (length >= 0) text += `Content-Length: ${length}\r\n`;
  const options = listElements(said("connection").toLowerCase()).filter((option) => option !== "keep-alive");
  if (config.keepAliveMs === 0) options.push("close");
  text += options.length > 0 ? `Connection: ${options.join(", ")}\r\n\r\n` : "\r\n";
  return { head: isAscii(text) ? text : octets(text), length, close: options.includes("close") };
}

/** How the content is delimited: by its length in octets, by chunks (`undefined`), or not at all (-1). */
function contentLength({ method, headers, body }: OutgoingRequest): number | undefined {
  const coding = headers?.get("transfer-encoding");
  if (coding) checkTransferEncoding(coding);
  const length = body ? body.length : 0;
  const said = headers?.get("content-length");
  if (said) return declaredLength(said, length);
  // A server may want a length of 0 where it expects content (RFC 9110 section 8.6).
  return body || method === "POST" || method === "PUT" ? length : -1;
}
