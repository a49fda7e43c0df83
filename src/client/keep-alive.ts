import type { HttpHeaders } from "../http1/headers.ts";

/** Taken off what the server says, so that it is not a race who closes. */
const MARGIN_MS = 1000;

/**
 * For how many milliseconds the server keeps an idle connection, 0 or less for not at all, by `Keep-Alive: timeout=5, max=100`, which no
 * standard has and most servers send. Infinity where it does not say.
 */
export function keepAliveOf(headers: HttpHeaders): number {
  const [, seconds] = /\btimeout=(\d+)/i.exec(headers.get("keep-alive") ?? "") ?? [];
  return seconds ? Number(seconds) * 1000 - MARGIN_MS : Infinity;
}
