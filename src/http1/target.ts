import { ProtocolError } from "./errors.ts";

/**
 * Holds a target against the four forms of RFC 9112 section 3.2 and gives the authority of an absolute-form,
 * which replaces Host (section 3.2.2), or undefined.
 * @throws ProtocolError 400
 */
export function checkTarget(method: string, target: string): string | undefined {
  const connects = method === "CONNECT";
  // The asterisk-form is for OPTIONS alone (section 3.2.4).
  if (!connects && (target.startsWith("/") || (method === "OPTIONS" && target === "*"))) return undefined;
  const absolute = connects ? undefined : /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)/i.exec(target)?.[1];
  // userinfo in an http URI is an error (RFC 9110 section 4.2.4); so is an empty host (section 4.2.1).
  const authority = connects && /:\d+$/.test(target) ? target : absolute;
  if (!authority || authority.startsWith(":") || !isHostAndPort(authority)) throw invalidTarget();
  return absolute;
}

/**
 * `uri-host [ ":" port ]` (RFC 9110 section 7.2, RFC 3986 section 3.2): a Host value. It may be empty. Stricter
 * than the grammar: the port is at most 65535, a zone identifier is not taken, nor is a control or a space
 * in percent-encoding.
 */
const HOST_AND_PORT =
  /^(?:\[(?:[\da-f:.]{2,45}|v[\da-f]+\.[\w!$&'()*+,;=:.~-]+)\]|(?:[\w!$&'()*+,.;=~-]|%(?:2[1-9a-f]|[3-9a-f][\da-f]))*)(?::(\d{0,5}))?$/i;

export function isHostAndPort(text: string): boolean {
  const match = HOST_AND_PORT.exec(text);
  return match !== null && Number(match[1] ?? 0) <= 65_535;
}

export function invalidTarget(): ProtocolError {
  return new ProtocolError("InvalidTarget", 400, "wanted a path, URI, * or host:port");
}
