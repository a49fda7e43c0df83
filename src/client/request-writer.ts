import { InvalidHeader } from "../http1/errors.ts";
import { listElements } from "../http1/list.ts";
import { isAscii } from "../http1/octets.ts";
import { checkTransferEncoding, declaredLength } from "../http1/response-writer.ts";
import type { OutgoingRequest } from "./request.ts";

/** How the content of a request is delimited: its length in octets, chunks, or not at all. */
export type RequestFraming = number | "chunked" | "none";

/** A head ready for the wire. */
export interface WireHead {
  /** One char an octet. */
  readonly text: string;
  /** Whether it is ASCII, so that it is the same octets in UTF-8. */
  readonly ascii: boolean;
  readonly framing: RequestFraming;
  /** Whether the server was asked to close the connection after its response. */
  readonly close: boolean;
}

/** What every request of a client has in common. */
export interface HeadDefaults {
  readonly userAgent: string;
  /** `Accept-Encoding` where the caller says nothing. */
  readonly acceptEncoding: string;
  /** Ask the server to close after each response. */
  readonly close: boolean;
}

/** What the caller said of fields that the writer answers for. */
interface Said {
  host: string | undefined;
  length: number | undefined;
  chunked: boolean;
  close: boolean;
  cookie: string;
}

/**
 * Writes `request-line *( field-line CRLF ) CRLF` (RFC 9112 section 3), the target in origin-form. The fields
 * that frame the message or name the host are the writer's own: the caller's word on them is checked and
 * heard, not copied. `Expect` is not sent.
 * @throws InvalidHeader when the caller's `Content-Length` or `Transfer-Encoding` contradicts the body
 */
export function writeHead(request: OutgoingRequest, cookie: string, defaults: HeadDefaults): WireHead {
  const { method, url, headers, body, type } = request;
  const said: Said = {
    host: undefined,
    length: undefined,
    chunked: false,
    close: defaults.close,
    cookie,
  };
  let fields = "";
  for (const [name, value] of headers?.lines() ?? []) {
    if (!hears(name.toLowerCase(), value, said)) fields += `${name}: ${value}\r\n`;
  }
  const framing = frame(request, said);
  let text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${said.host ?? url.host}\r\n${fields}`;
  /** What the caller did not say. */
  const add = (name: string, value: string) => {
    if (value !== "" && !headers?.has(name)) text += `${name}: ${value}\r\n`;
  };
  if (body) add("Content-Type", type);
  if (said.cookie !== "") text += `Cookie: ${said.cookie}\r\n`;
  add("Accept", "*/*");
  add("User-Agent", defaults.userAgent);
  // A part of a coded content could not be decoded (Fetch Standard, "HTTP-network-or-cache fetch").
  add("Accept-Encoding", headers?.has("range") ? "identity" : defaults.acceptEncoding);
  if (typeof framing === "number") text += `Content-Length: ${framing}\r\n`;
  else if (framing === "chunked") text += "Transfer-Encoding: chunked\r\n";
  text += said.close ? "Connection: close\r\n\r\n" : "\r\n";
  return { text, ascii: isAscii(text), framing, close: said.close };
}

/** Whether the field is the writer's to send; what the caller says by it is noted. */
function hears(key: string, value: string, said: Said): boolean {
  switch (key) {
    case "host":
      said.host = value;
      return true;
    case "expect":
      return true;
    case "cookie":
      said.cookie = said.cookie === "" ? value : `${value}; ${said.cookie}`;
      return true;
    case "content-length":
      said.length = declaredLength(value, said.length);
      return true;
    case "transfer-encoding":
      checkTransferEncoding(value);
      said.chunked = true;
      return true;
    case "connection": {
      const options = listElements(value.toLowerCase());
      if (options.includes("close")) said.close = true;
      return options.every((option) => option === "close" || option === "keep-alive");
    }
    default:
      return false;
  }
}

function frame({ method, body }: OutgoingRequest, said: Said): RequestFraming {
  if (body?.kind === "stream") return said.chunked ? "chunked" : (said.length ?? "chunked");
  const length = body?.length ?? 0;
  if (said.length !== undefined && said.length !== length) {
    throw new InvalidHeader(`${length} bytes, wanted ${said.length} by Content-Length`);
  }
  // A server may want a length of 0 where it expects content (RFC 9110 section 8.6).
  const expected = body !== undefined || method === "POST" || method === "PUT" || said.length === 0;
  return expected ? length : "none";
}
