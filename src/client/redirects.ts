import { HttpHeaders } from "../http1/headers.ts";
import { octets } from "../http1/octets.ts";
import { ClientError } from "./errors.ts";
import type { OutgoingRequest } from "./request.ts";

/** How many redirects one fetch follows (Fetch Standard, "HTTP-redirect fetch"). */
export const MAX_REDIRECTS = 20;

/** Fields that go with a body, and go when it goes. */
const BODY_FIELDS = [
  "content-encoding",
  "content-language",
  "content-location",
  "content-type",
  "content-length",
];
/** Fields that are for one origin alone. */
const ORIGIN_FIELDS = ["authorization", "proxy-authorization", "cookie", "host"];

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * The request that a redirect asks for, by the steps of the Fetch Standard's "HTTP-redirect fetch".
 * @throws ClientError `InvalidRedirect`, `BodyNotReplayable`
 */
export function redirected(request: OutgoingRequest, status: number, location: string): OutgoingRequest {
  const url = target(location, request.url);
  const sameOrigin = url.origin === request.url.origin;
  if (!sameOrigin && (url.username !== "" || url.password !== "")) {
    throw new ClientError("InvalidRedirect", "credentials for another origin");
  }
  if (status !== 303 && request.body && request.body.length === undefined) {
    throw new ClientError("BodyNotReplayable");
  }
  const headers = new HttpHeaders(request.headers);
  let { method, body } = request;
  if (becomesGet(status, method)) {
    method = "GET";
    body = undefined;
    for (const name of BODY_FIELDS) headers.delete(name);
  }
  if (!sameOrigin) for (const name of ORIGIN_FIELDS) headers.delete(name);
  return { ...request, method, url, headers, body };
}

function target(location: string, from: URL): URL {
  // Octets of a field value, which in practice are UTF-8 where they are not ASCII.
  const text = new TextDecoder().decode(octets(location));
  if (!URL.canParse(text, from)) throw new ClientError("InvalidRedirect", "invalid URL");
  const url = new URL(text, from);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new ClientError("InvalidRedirect", "wanted an http: URL");
  }
  return url;
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}
