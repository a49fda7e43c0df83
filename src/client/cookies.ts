import type { HttpHeaders } from "../http1/headers.ts";
import type { CookieJar } from "./options.ts";

/** Hands the cookies of a response to the jar, in order. One that the jar refuses is dropped, as browsers do. */
export async function storeCookies(jar: CookieJar, url: string, headers: HttpHeaders): Promise<void> {
  for (const cookie of headers.getSetCookie()) {
    try {
      await jar.setCookie(cookie, url);
    } catch {
      // Refused: for another domain, malformed, ... The response is none the worse.
    }
  }
}
