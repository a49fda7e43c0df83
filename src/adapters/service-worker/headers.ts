/** What the fields of a request and of its answer have to be on the other side of the bridge. */
import { HttpHeaders } from "../../http1/headers.ts";
import type { FetchDescription } from "./protocol.ts";
import { type Place, previewUrl, type Routes, virtualUrl } from "./routes.ts";

/** Adds what a page needs to be cross-origin isolated and to be embedded in one that is. */
export type Isolation = "require-corp" | "credentialless";

/** What every answer gets on top of what the server says. */
export interface Added {
  readonly isolation?: Isolation | undefined;
  readonly policy?: string | undefined;
  /** Markup for every page that is navigated to. */
  readonly markup?: string | undefined;
}

/** Whether an answer is a page that can be added to. */
export function isPage(fetch: Pick<FetchDescription, "mode">, headers: HttpHeaders): boolean {
  const coding = headers.get("content-encoding") ?? "identity";
  return (
    fetch.mode === "navigate" &&
    /^text\/html\b/i.test(headers.get("content-type") ?? "") &&
    coding === "identity"
  );
}

/** Fields of one connection, of a proxy, and what only the bridge itself may say (RFC 9110 section 7.6.1). */
const NOT_FORWARDED = new Set(
  "connection keep-alive proxy-connection transfer-encoding te trailer upgrade content-length host cookie referer origin accept-encoding expect".split(
    " ",
  ),
);
/** What of an answer is the connection's own, or would be lost or wrong on a synthetic response. */
const NOT_ANSWERED = new Set(
  "connection keep-alive proxy-connection transfer-encoding trailer upgrade set-cookie clear-site-data".split(
    " ",
  ),
);

/**
 * The fields that the server gets: the fetch's own, and those that a browser adds below the worker.
 * `Host` is what the server is called in its network, `X-Forwarded-*` what the browser calls it.
 */
export function requestHeaders(fetch: FetchDescription, place: Place, routes: Routes): HttpHeaders {
  const { host, protocol } = new URL(routes.origin);
  const headers = new HttpHeaders({ Host: `localhost:${place.port}` });
  for (const [name, value] of fetch.headers) {
    if (NOT_FORWARDED.has(name) || name.startsWith("x-forwarded-") || !isFieldValue(value)) continue;
    headers.append(name, value);
  }
  // An encoded body would not be decoded: the browser takes what a worker answers as it is.
  headers.set("Accept-Encoding", "identity");
  if (!headers.has("user-agent") && globalThis.navigator?.userAgent) {
    headers.set("User-Agent", navigator.userAgent);
  }
  if (!headers.has("accept-language") && globalThis.navigator?.languages?.length) {
    headers.set("Accept-Language", navigator.languages.join(", "));
  }
  const from = fetch.referrer === "" ? undefined : (routes.parse(fetch.referrer) ?? "elsewhere");
  if (from !== undefined) {
    headers.set("Referer", from === "elsewhere" ? fetch.referrer : virtualUrl(from));
  }
  if (fetch.method !== "GET" && fetch.method !== "HEAD") {
    const inside = from === undefined || from === "elsewhere" ? undefined : from;
    headers.set("Origin", inside ? `http://localhost:${inside.port}` : routes.origin);
  }
  headers.set("Sec-Fetch-Mode", fetch.mode);
  headers.set("Sec-Fetch-Dest", fetch.destination || "empty");
  headers.set("X-Forwarded-Host", host);
  headers.set("X-Forwarded-Proto", protocol.slice(0, -1));
  headers.set("X-Forwarded-Prefix", previewUrl(place, "").slice(routes.origin.length, -1));
  return headers;
}

/** Browsers let a script set control characters that RFC 9110 section 5.5 has no room for. */
export function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** The fields that the browser gets. */
export function answerHeaders(
  headers: HttpHeaders,
  place: Place,
  routes: Routes,
  added: Added = {},
): [string, string][] {
  const fields: [string, string][] = [];
  for (const [name, value] of headers.lines()) {
    const key = name.toLowerCase();
    if (NOT_ANSWERED.has(key) || (added.markup !== undefined && key === "content-length")) continue;
    fields.push([name, translated(key, value, place, routes)]);
  }
  if (added.isolation !== undefined) isolate(fields, added.isolation);
  // Policies add up: this one takes nothing from the server's own.
  if (added.policy !== undefined) fields.push(["Content-Security-Policy", added.policy]);
  return fields;
}

function translated(key: string, value: string, place: Place, routes: Routes): string {
  if (key === "location") return routes.location(value, place);
  return key === "referrer-policy" ? withinOrigin(value) : value;
}

/**
 * A referrer policy that tells other origins as much as the server's, and this one all: whose navigation an
 * absolute path is can be known by its referrer alone, and helmet's default is "no-referrer".
 */
function withinOrigin(policies: string): string {
  return policies
    .split(",")
    .map((each) => TO_ORIGIN_TOO.get(each.trim().toLowerCase()) ?? each.trim())
    .join(", ");
}

const TO_ORIGIN_TOO = new Map([
  ["no-referrer", "same-origin"],
  ["origin", "origin-when-cross-origin"],
  ["strict-origin", "strict-origin-when-cross-origin"],
]);

/** The three fields of isolation. What the server says of one of them stands. */
function isolate(fields: [string, string][], isolation: Isolation): void {
  const wanted: readonly [string, string][] = [
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Cross-Origin-Embedder-Policy", isolation],
    ["Cross-Origin-Resource-Policy", "cross-origin"],
  ];
  for (const [name, value] of wanted) {
    const key = name.toLowerCase();
    if (!fields.some(([given]) => given.toLowerCase() === key)) fields.push([name, value]);
  }
}

/**
 * From where a request comes, as cookies see it (RFC 6265bis section 5.2). The page that holds the bridge
 * counts as the browser's own hand: what it opens was not sent by another site.
 */
export function siteContext(
  fetch: FetchDescription,
  session: string,
  routes: Routes,
): "strict" | "lax" | "none" {
  const from = fetch.referrer === "" ? undefined : routes.parse(fetch.referrer);
  const same = from ? from.session === session : fetch.referrer === "" || isOf(fetch.referrer, routes.origin);
  if (same) return "strict";
  return fetch.mode === "navigate" && fetch.method === "GET" ? "lax" : "none";
}

function isOf(url: string, origin: string): boolean {
  return url === origin || url.startsWith(`${origin}/`);
}
