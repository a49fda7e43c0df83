import { isToken } from "./extension-header.ts";

/** Where relative URLs start: the document or worker, nothing on Node. */
function baseUrl(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}

/**
 * The URL of a `WebSocket` as WHATWG's standard resolves it: `http` stands for `ws`, `https` for `wss`.
 * @throws DOMException `SyntaxError`
 */
export function parseWebSocketUrl(input: string | URL): URL {
  let url: URL;
  try {
    url = new URL(input, baseUrl());
  } catch (cause) {
    throw syntaxError("the URL can't be parsed", cause);
  }
  if (url.protocol === "http:" || url.protocol === "https:")
    url.protocol = url.protocol.replace("http", "ws");
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw syntaxError(`the URL's scheme is ${url.protocol.slice(0, -1)}, wanted ws, wss, http or https`);
  }
  if (url.href.includes("#")) throw syntaxError("the URL has a fragment");
  return url;
}

/**
 * The subprotocols to offer.
 * @throws DOMException `SyntaxError` for one that is no token, or that is there twice
 */
export function parseProtocols(protocols: string | readonly string[]): readonly string[] {
  const list = typeof protocols === "string" ? [protocols] : Array.from(protocols, String);
  if (!list.every(isToken)) throw syntaxError("a subprotocol is no token (RFC 9110 section 5.6.2)");
  if (new Set(list).size !== list.length) throw syntaxError("a subprotocol is there twice");
  return list;
}

function syntaxError(message: string, cause?: unknown): DOMException {
  const error = new DOMException(message, "SyntaxError");
  if (cause !== undefined) Object.defineProperty(error, "cause", { value: cause, configurable: true });
  return error;
}

/** Host and port to connect to. */
export function authorityOf(url: URL): { host: string; port: number } {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(url.port) || (url.protocol === "wss:" ? 443 : 80) };
}
