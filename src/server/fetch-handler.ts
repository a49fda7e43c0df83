import { type LightFetch, lightFetch } from "./light-fetch/known.ts";
import { servedRequest } from "./served-request.ts";
import type { HttpRequest, RequestCallback } from "./types.ts";

/** A handler in the Fetch style: what Hono, h3, itty-router and others export as `fetch`. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/**
 * Serves with a Fetch-style handler: both bodies are streamed with back-pressure, `request.signal` is aborted
 * when the client goes away, and what the handler throws is answered with 500 and handed to `onError`.
 *
 * A method that `Request` does not allow (CONNECT, TRACE, TRACK) is answered with 501. `GET` and `HEAD` have
 * no body there, so one that a client sends all the same is dropped.
 *
 * In Firefox the `Request` has its body beside it, as that can't be a stream there: `new Request(request)` has none.
 * In a page `Response` drops `Set-Cookie` before it gets here: see `keepSetCookie`. On Node most of the time of a small
 * answer goes into the platform's `Request` and `Response`: `import "portico/light-fetch"` spares that.
 *
 * @throws TypeError for what is no function, such as `app` for `app.fetch`
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { AsyncHttpServer, fetchHandler } from "portico";
 *
 * const app = new Hono();
 * app.get("/", (context) => context.text("Hello"));
 * await new AsyncHttpServer().serve(8080, fetchHandler(app.fetch));
 * ```
 */
export function fetchHandler(handler: FetchHandler): RequestCallback {
  if (typeof handler !== "function") throw new TypeError("wanted a function, such as app.fetch");
  return (request) => {
    if (FORBIDDEN_METHODS.has(request.method.toUpperCase())) return request.respond(501);
    const light = lightFetch();
    const made = handler(requestFor(request, light));
    return isPromise(made)
      ? made.then((response) => answer(request, response, light))
      : answer(request, made, light);
  };
}

const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

function requestFor(request: HttpRequest, light: LightFetch | undefined): Request {
  return light?.Request === globalThis.Request ? light.requestOf(request) : servedRequest(request);
}

/** Sends what the handler came to; a promise that is not settled only where there is something to wait for. */
function answer(
  request: HttpRequest,
  response: Response,
  light: LightFetch | undefined,
): void | Promise<void> {
  if (!(response instanceof Response)) throw new TypeError("the handler must return a Response");
  const known = light?.take(response);
  if (known !== undefined) return request.respond(known.status, known.content, known.headers);
  return answerStreamed(request, response);
}

async function answerStreamed(request: HttpRequest, response: Response): Promise<void> {
  const { status, headers, body, bodyUsed } = response;
  if (status === 0) throw new TypeError("the handler returned Response.error()");
  if (bodyUsed) throw new TypeError("the handler returned a Response whose body was used");
  if (body === null) return request.respond(status, null, headers);
  const reader = body.getReader();
  const firstRead = reader.read();
  const first = await atOnce(firstRead);
  // The head does not wait for what is yet to be made: a client learns by it that events may come.
  if (first === undefined) return request.respond(status, rest(reader, [firstRead]), headers);
  if (first.done) return request.respond(status, null, headers);
  const secondRead = reader.read();
  const second = await atOnce(secondRead);
  // Most bodies are one chunk: then there is a length to send, and one write instead of three.
  if (second?.done) return request.respond(status, first.value, headers);
  return request.respond(status, rest(reader, [firstRead, secondRead]), headers);
}

function isPromise(value: Response | PromiseLike<Response>): value is PromiseLike<Response> {
  return typeof value === "object" && value !== null && "then" in value;
}

type Chunk = ReadableStreamReadResult<Uint8Array>;

/**
 * What a read comes to, where that is known within a few microtasks: a source that is complete says so by then. Not in
 * Firefox, where even a text goes out in chunks therefore.
 */
async function atOnce(read: Promise<Chunk>): Promise<Chunk | undefined> {
  let known: Promise<Chunk> | undefined;
  const know = () => {
    known = read;
  };
  read.then(know, know);
  for (let hop = 0; hop < 4 && !known; hop++) await null;
  return known;
}

/** All chunks in order. Not a generator: `return` has to reach a source that a read is waiting for. */
function rest(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  reads: Promise<Chunk>[],
): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    next: async () => {
      const { done, value } = await (reads.shift() ?? reader.read());
      return done ? { done, value: undefined } : { done, value };
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
