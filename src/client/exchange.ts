import { type Answer, Call } from "./call.ts";
import type { Client } from "./client.ts";
import { codingsOf, decode } from "./decoding.ts";
import { ClientError, fetchFailed } from "./errors.ts";
import { ENDED, MAX_WAITING } from "./incoming-body.ts";
import { isRedirect, MAX_REDIRECTS, redirected } from "./redirects.ts";
import type { OutgoingRequest } from "./request.ts";
import { writeHead } from "./request-writer.ts";
import { FetchedResponse } from "./response.ts";

/** Statuses whose `Response` can't be constructed with a body (Fetch Standard, "null body status"). */
const NULL_BODY = [204, 205, 304];

/**
 * One call of `fetch`, from the first request to the response, over redirects.
 * @throws TypeError with what it is caused by; the signal's reason
 */
export async function exchange(client: Client, first: OutgoingRequest): Promise<Response> {
  let request = first;
  let answer: Answer | undefined;
  try {
    for (let redirects = 0; ; redirects++) {
      answer = await roundTrip(client, request);
      const { head, body } = answer;
      const location = isRedirect(head.status) ? head.headers.get("location") : null;
      if (location === null || request.redirect === "manual")
        return toResponse(request, answer, redirects > 0);
      if (request.redirect === "error") throw new ClientError("RedirectRefused");
      if (redirects >= MAX_REDIRECTS) {
        throw new ClientError("TooManyRedirects", `more than ${MAX_REDIRECTS}`);
      }
      request = redirected(request, head.status, location);
      // A short one frees its connection by itself; above it cutting is cheaper.
      if (head.framing < 0 || head.framing > MAX_WAITING) body?.abort();
    }
  } catch (error) {
    const { signal, body } = request;
    answer?.body?.abort();
    const failure = signal?.aborted ? signal.reason : fetchFailed(error);
    if (body?.once)
      body
        .open?.()
        .cancel(failure)
        .catch(() => {});
    throw failure;
  }
}

/** One request and its response, with the cookies that go and come with them. */
async function roundTrip(client: Client, request: OutgoingRequest): Promise<Answer> {
  const { url, signal, cookies } = request;
  const jar = cookies ? client.config.cookieJar : undefined;
  const cookie = jar ? await jar.getCookieString(url.href) : "";
  signal?.throwIfAborted();
  const call = new Call(request, writeHead(request, cookie, client.config), client.poolFor(url));
  const answer = await call.answer;
  for (const cookie of jar ? answer.head.headers.getSetCookie() : []) {
    try {
      await jar?.setCookie(cookie, url.href);
    } catch {
      // Refused: for another domain, malformed, ... Browsers drop it too, and the response is none the worse.
    }
  }
  signal?.throwIfAborted();
  return answer;
}

function toResponse(request: OutgoingRequest, { head, body }: Answer, redirected: boolean): Response {
  const { status, reason, headers } = head;
  return new FetchedResponse(
    contentOf(request, head, body),
    { status, statusText: reason, headers: [...headers] },
    { url: request.url, redirected, headers, body },
  );
}

/** The body in the form that costs least: its bytes where all of them are here, else a stream. */
function contentOf(
  { method }: OutgoingRequest,
  { status, headers }: Answer["head"],
  body: Answer["body"],
): Uint8Array<ArrayBuffer> | ReadableStream | null {
  if (method === "HEAD" || NULL_BODY.includes(status)) {
    body?.abort();
    return null;
  }
  if (body === undefined) return new Uint8Array();
  const codings = body.state === ENDED && body.waiting === 0 ? [] : codingsOf(headers);
  if (codings.length > 0) return decode(body, codings);
  return body.state === ENDED ? body.takeAll() : body.stream();
}
