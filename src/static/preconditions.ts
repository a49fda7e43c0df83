/**
 * Conditional requests, RFC 9110 section 13. The steps are those of section 13.2.2, in their order; a
 * condition is looked at only where the request without it would be answered with a 2xx.
 */
import { parseHttpDate } from "../http1/date.ts";
import type { HttpHeaders } from "../http1/headers.ts";
import { type EntityTag, parseEntityTag, parseEntityTags, strongEquals, weakEquals } from "./etag.ts";

/** What is known of the selected representation. */
export interface Validators {
  readonly etag: EntityTag | undefined;
  /** As `Last-Modified` says it: milliseconds, whole seconds. */
  readonly modified: number | undefined;
}

/** Carry the method out, answer 304, or answer 412. */
export type Verdict = "perform" | "not-modified" | "failed";

/** Steps 1 to 4. Step 5 is `rangeApplies`. */
export function evaluatePreconditions(method: string, headers: HttpHeaders, current: Validators): Verdict {
  const safe = method === "GET" || method === "HEAD";

  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    // 1. If-Match: strong comparison (section 13.1.1)
    if (!matches(ifMatch, current.etag, strongEquals)) return "failed";
  } else {
    // 2. If-Unmodified-Since, only without If-Match
    const since = readDate(headers, "if-unmodified-since");
    if (since !== undefined && current.modified !== undefined && current.modified > since) return "failed";
  }

  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    // 3. If-None-Match: weak comparison (section 13.1.2)
    if (matches(ifNoneMatch, current.etag, weakEquals)) return safe ? "not-modified" : "failed";
  } else if (safe) {
    // 4. If-Modified-Since, only without If-None-Match and for GET and HEAD
    const since = readDate(headers, "if-modified-since");
    if (since !== undefined && current.modified !== undefined && current.modified <= since) {
      return "not-modified";
    }
  }
  return "perform";
}

/**
 * Step 5: whether the `Range` of a GET counts, which without `If-Range` it does.
 *
 * The condition needs a strong validator (section 13.1.5), because a client will join the bytes to those
 * that it has. So a weak entity-tag never matches, and a date matches only exactly; that a date
 * is old enough to be strong is for the client to know, who alone has the `Date` it came with.
 */
export function rangeApplies(headers: HttpHeaders, current: Validators): boolean {
  const ifRange = headers.get("if-range");
  if (ifRange === null) return true;
  const tag = parseEntityTag(ifRange);
  if (tag !== undefined) return current.etag !== undefined && strongEquals(tag, current.etag);
  const date = parseHttpDate(ifRange);
  return date !== undefined && date === current.modified;
}

function matches(
  value: string,
  current: EntityTag | undefined,
  equals: (a: EntityTag, b: EntityTag) => boolean,
): boolean {
  // `*` is true for any current representation, and there is one
  if (value.trim() === "*") return true;
  return current !== undefined && parseEntityTags(value).some((tag) => equals(tag, current));
}

/** Absent, no HTTP-date, or several of them: then there is no condition (sections 13.1.3 and 13.1.4). */
function readDate(headers: HttpHeaders, name: string): number | undefined {
  const value = headers.get(name);
  return value === null ? undefined : parseHttpDate(value);
}
