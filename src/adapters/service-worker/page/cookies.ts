import type { CookieJar } from "tough-cookie";

/** How a request stands to the site that it goes to (RFC 6265bis section 5.2). */
export type SiteContext = "strict" | "lax" | "none";

/**
 * A session's cookies, by tough-cookie's rules, which are loaded with the first `Set-Cookie`. All servers of a
 * session are ports of one host, and cookies don't know ports (RFC 6265 section 8.5).
 */
export class Cookies {
  #jar: CookieJar | undefined;
  #loading: Promise<CookieJar> | undefined;
  readonly #load: () => Promise<CookieJar>;

  /** @param load fetches the library, and makes a jar */
  constructor(load = newJar) {
    this.#load = load;
  }

  /** The `Cookie` field for a request to `url`, `""` for none. */
  header(url: string, context: SiteContext): string {
    return this.#jar?.getCookieStringSync(url, { sameSiteContext: context }) ?? "";
  }

  /** Takes the values of an answer's `Set-Cookie` lines. One that is not valid is dropped, as browsers do. */
  async store(values: readonly string[], url: string, context: SiteContext): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined; // a network that was away for a moment
      throw error;
    });
    this.#jar ??= await this.#loading;
    for (const value of values) {
      this.#jar.setCookieSync(value, url, { sameSiteContext: context, ignoreError: true });
    }
  }
}

async function newJar(): Promise<CookieJar> {
  const { CookieJar } = await import("tough-cookie");
  // The one host is "localhost": there are no public suffixes to look up.
  return new CookieJar(undefined, { rejectPublicSuffixes: false, allowSpecialUseDomain: true });
}
