import { HttpHeaders } from "../http1/headers.ts";
import { octets } from "../http1/octets.ts";
import { ClientError } from "./errors.ts";
import { hasCredentials, type OutgoingRequest } from "./request.ts";

/** How many redirects one fetch follows (Fetch Standard, "HTTP-redirect fetch"). */
export const MAX_REDIRECTS = 20;

/** Fields that go with a body, and go when it goes. */
const BODY_FIELDS = /^content-(encoding|language|location|type|length)$/i;
/** Fields that are for one origin alone. */
const ORIGIN_FIELDS = /^((proxy-)?authorization|cookie|host)$/i;

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/**
 * The request that a redirect asks for, by the steps of the Fetch Standard's "HTTP-redirect fetch".
 * @throws ClientError `InvalidRedirect`, `BodyNotReplayable`
 */
export function redirected(request: OutgoingRequest, status: number, location: string): OutgoingRequest {
  // Octets of a field value, which in practice are UTF-8 where they are not ASCII.
  const text = new TextDecoder().decode(octets(location));
  if (!URL.canParse(text, request.url)) throw new ClientError("InvalidRedirect", "invalid URL");
  const url = new URL(text, request.url);
  const sameOrigin = url.origin === request.url.origin;
  if (!sameOrigin && hasCredentials(url)) {
    throw new ClientError("InvalidRedirect", "credentials for another origin");
  }
  if (status !== 303 && request.body?.once) throw new ClientError("BodyNotReplayable");
  const toGet = becomesGet(status, request.method);
  const lines = [...(request.headers?.lines() ?? [])].filter(
    ([name]) => !(toGet && BODY_FIELDS.test(name)) && (sameOrigin || !ORIGIN_FIELDS.test(name)),
  );
  const next = { ...request, url, headers: new HttpHeaders(lines) };
  return toGet ? { ...next, method: "GET", body: undefined } : next;
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}
