import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import { isToken } from "../http1/list.ts";
import { extractBody, peekBody, type RequestBody } from "./body.ts";
import { ClientError, fetchFailed } from "./errors.ts";

/**
 * What `fetch` takes beside the URL. `headers` may be any `HeadersInput`: its names are all sent, those too that
 * a page's `Headers` and `Request` drop (`Cookie`, `Host`, `Origin`, ...).
 */
export interface FetchInit extends Omit<RequestInit, "headers"> {
  /** Default: none but those that the client adds (`Host`, `User-Agent`, `Accept`, ...). */
  headers?: HeadersInput | NonNullable<RequestInit["headers"]>;
  /** Needed beside a body that is a stream, as the platform asks. Default: none. */
  duplex?: "half";
}

/** One request as it goes out: a redirect makes another of it. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: HttpHeaders | undefined;
  readonly body: RequestBody | undefined;
  readonly redirect: Request["redirect"];
  readonly signal: AbortSignal | undefined;
  /** Whether the jar's cookies go with it. */
  readonly cookies: boolean;
}

/** Methods that mean the same in any case (Fetch Standard, "normalize"). */
const NORMALIZED = /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/;
const FORBIDDEN = /^(CONNECT|TRACE|TRACK)$/;

/**
 * The arguments of `fetch` as one request. They are read at once, but for a body that has to be looked at first.
 * @throws TypeError where the platform's `fetch` rejects with one
 */
export async function prepare(
  input: string | URL | Request,
  init: FetchInit,
  baseUrl?: string | URL,
): Promise<OutgoingRequest> {
  const request = input instanceof Request ? input : undefined;
  const url = readUrl(request?.url ?? (input as string | URL), baseUrl);
  if (init.integrity || request?.integrity) {
    throw fetchFailed(new ClientError("UnsupportedIntegrity"));
  }
  const method = readMethod(init.method ?? request?.method ?? "GET");
  const signal = init.signal === undefined ? request?.signal : (init.signal ?? undefined);
  const given = init.headers ?? request?.headers;
  const plain: OutgoingRequest = {
    method,
    url,
    headers: given === undefined ? undefined : new HttpHeaders(given as HeadersInput),
    body: undefined,
    redirect: init.redirect ?? request?.redirect ?? "follow",
    signal,
    cookies: (init.credentials ?? request?.credentials) !== "omit",
  };
  if (!/^(follow|manual|error)$/.test(plain.redirect)) {
    throw new TypeError("wanted redirect follow, manual or error");
  }
  const { body } = init;
  const bodiless = method === "GET" || method === "HEAD";
  if (bodiless && (body ?? request?.body) != null) {
    throw new TypeError(`a ${method} request can't have a body`);
  }
  if (body instanceof ReadableStream && init.duplex !== "half") {
    throw new TypeError('a stream as the body needs duplex: "half"');
  }
  if (body != null) return { ...plain, body: await extractBody(body) };
  // Firefox does not say: what can have a body is read there.
  if (!request || bodiless || request.body === null) return plain;
  return { ...plain, body: await requestBody(request) };
}

function readUrl(
  input: string | URL,
  base: string | URL | undefined = (globalThis as { location?: { href: string } }).location?.href,
): URL {
  let url: URL;
  try {
    url = new URL(input);
  } catch {
    url = new URL(input, base);
  }
  if (hasCredentials(url)) throw new TypeError("fetch failed: a URL with credentials");
  return url;
}

export function hasCredentials({ username, password }: URL): boolean {
  return username + password !== "";
}

function readMethod(given: string): string {
  if (!isToken(given)) throw new TypeError("wanted a token as the method");
  const upper = given.toUpperCase();
  if (FORBIDDEN.test(upper)) throw new TypeError(`fetch does not send ${upper}`);
  return NORMALIZED.test(upper) ? upper : given;
}

async function requestBody(request: Request): Promise<RequestBody> {
  const { body, bodyUsed } = request;
  if (bodyUsed || body?.locked) throw new TypeError("the body was read already");
  // Its type is among the headers, unless `init` replaced them.
  const type = request.headers.get("content-type") ?? "";
  return { ...(await (body ? peekBody(body) : extractBody(await request.arrayBuffer()))), type };
}
