import { toValue } from "../http1/headers.ts";
import { DEFAULT_LIMITS, type Limits } from "../http1/limits.ts";
import { type Clock, type Network, systemClock } from "../socket/index.ts";
import { mergeNumbers } from "../socket/numbers.ts";

/** What keeps cookies between requests. `CookieJar` of the package tough-cookie is one. */
export interface CookieJar {
  /** The value of the `Cookie` field for a request to that URL, `""` for none. */
  getCookieString(url: string): Promise<string> | string;
  /** Takes one `Set-Cookie` value of a response from that URL. One that it refuses may throw or reject. */
  setCookie(cookie: string, url: string): Promise<unknown> | unknown;
}

/** Options of `createFetch`. */
export interface FetchOptions {
  /**
   * Milliseconds that a connection is kept without a request. Less where the server says less in its
   * `Keep-Alive` field. Default 10,000; 0 closes each connection after its response.
   */
  readonly keepAliveMs?: number;
  /**
   * The most connections to one origin at a time; further requests wait for one of them, in order. Default
   * 256. Browsers stop at 6, Node's `fetch` has no limit. A response of more than 64 KiB holds its connection until
   * its body was read, cancelled or collected as garbage.
   */
  readonly maxConnectionsPerOrigin?: number;
  /** Keeps and sends cookies, unless a request has `credentials: "omit"`. Default: none, cookies are the caller's. */
  readonly cookieJar?: CookieJar;
  /** What relative URLs are relative to. Default: the page's or worker's own URL where there is one. */
  readonly baseUrl?: string | URL;
  /** Reaches `https:` origins: its `connect` gives sockets that speak TLS. Default: `https:` URLs are refused. */
  readonly secureNetwork?: Network;
  /** The `User-Agent` of requests that have none of their own. Default `"portico"`; `""` sends none. */
  readonly userAgent?: string;
  /** How much of a response's head, chunk extensions and trailers is read before it is refused. Default: those of `Limits`. */
  readonly limits?: Partial<Limits>;
  /** Time for the idle timeout. Default: the platform's. */
  readonly clock?: Clock;
}

/** Options with every default applied. */
export interface ClientConfig extends FetchOptions {
  /** 0 once `fetch` is closed. */
  keepAliveMs: number;
  readonly maxConnectionsPerOrigin: number;
  readonly userAgent: string;
  readonly limits: Limits;
  readonly clock: Clock;
}

export function resolveOptions(options: FetchOptions): ClientConfig {
  return {
    ...options,
    ...mergeNumbers({ keepAliveMs: 10_000 }, options, 0, TypeError),
    ...mergeNumbers({ maxConnectionsPerOrigin: 256 }, options, 1, TypeError),
    userAgent: toValue("User-Agent", options.userAgent ?? "portico"),
    limits: mergeNumbers(DEFAULT_LIMITS, options.limits, 1, TypeError),
    clock: options.clock ?? systemClock,
  };
}
