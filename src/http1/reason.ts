/**
 * The phrases of RFC 9110 section 15, with those of RFC 6585 and RFC 7725 and of the IANA registry: the codes
 * of a line are consecutive.
 */
const PHRASES: Record<number, string> = {};

for (const line of [
  "100 Continue,Switching Protocols,Processing,Early Hints",
  "200 OK,Created,Accepted,Non-Authoritative Information,No Content,Reset Content,Partial Content,Multi-Status," +
    "Already Reported",
  "226 IM Used",
  "300 Multiple Choices,Moved Permanently,Found,See Other,Not Modified,Use Proxy",
  "307 Temporary Redirect,Permanent Redirect",
  "400 Bad Request,Unauthorized,Payment Required,Forbidden,Not Found,Method Not Allowed,Not Acceptable," +
    "Proxy Authentication Required,Request Timeout,Conflict,Gone,Length Required,Precondition Failed," +
    "Content Too Large,URI Too Long,Unsupported Media Type,Range Not Satisfiable,Expectation Failed",
  "421 Misdirected Request,Unprocessable Content,Locked,Failed Dependency,Too Early,Upgrade Required",
  "428 Precondition Required,Too Many Requests",
  "431 Request Header Fields Too Large",
  "451 Unavailable For Legal Reasons",
  "500 Internal Server Error,Not Implemented,Bad Gateway,Service Unavailable,Gateway Timeout," +
    "HTTP Version Not Supported,Variant Also Negotiates,Insufficient Storage,Loop Detected",
  "511 Network Authentication Required",
]) {
  const first = Number.parseInt(line, 10);
  for (const [i, phrase] of line.slice(4).split(",").entries()) PHRASES[first + i] = phrase;
}

/**
 * The reason phrase of a status code.
 * @returns `""` for a code that has none: the phrase may be empty on the wire (RFC 9112 section 4).
 *
 * @example
 * ```ts
 * import { reasonPhrase } from "portico";
 *
 * reasonPhrase(404); // "Not Found"
 * ```
 */
export function reasonPhrase(code: number): string {
  return PHRASES[code] ?? "";
}
