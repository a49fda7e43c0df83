import { ABORT_MARK, type FetchDescription, type Waits } from "../protocol.ts";
import type { Place } from "../routes.ts";
import type { Aborts } from "./aborts.ts";
import type { Ask, PageAnswer } from "./ask.ts";
import { Problem, problemResponse } from "./problem.ts";
import type { Sessions } from "./sessions.ts";
import { beginUpload } from "./upload.ts";
import type { WorkerFetchEvent, WorkerScope } from "./worker-scope.ts";

/** What answering needs, beside the event. */
export interface AnswerContext {
  readonly scope: WorkerScope;
  /** Whether this browser can be asked for what a navigation opens; not known before it told of one. */
  knowsOpening?: boolean;
  readonly sessions: Sessions;
  readonly waits: Waits;
  readonly aborts: Aborts;
}

/** Gets the server's answer, or says why there is none. Never rejects. */
export async function answer(
  event: WorkerFetchEvent,
  place: Place,
  context: AnswerContext,
): Promise<Response> {
  const aborted = context.aborts.follow(event.request.headers.get(ABORT_MARK));
  try {
    const { sessions, waits } = context;
    const [link, upload] = await Promise.all([
      sessions.find(place.session),
      beginUpload(event.request, waits.firstBytesMs),
    ]);
    const ask = link.ask(describe(event, place), upload?.first ?? null);
    const end = watch(event, ask, [event.request.signal, aborted.signal], context);
    void upload?.rest(ask);
    try {
      const response = toResponse(await ask.answer);
      whenAccepted(event, waits, () => ask.accepted());
      return response;
    } catch (error) {
      ask.abort();
      throw error;
    } finally {
      end();
    }
  } catch (error) {
    const code = error instanceof Problem ? error.code : "InvalidResponse";
    return problemResponse(code, event.request.mode === "navigate");
  } finally {
    aborted.end();
  }
}

/** Until then the page keeps the answer for a replay; where nothing tells, for as long as one could come. */
function whenAccepted({ handled }: WorkerFetchEvent, { replayMs }: Waits, accepted: () => void): void {
  setTimeout(accepted, replayMs);
  handled?.then(accepted, accepted);
}

function describe(
  { request, clientId, resultingClientId }: WorkerFetchEvent,
  place: Place,
): FetchDescription {
  return {
    port: place.port,
    method: request.method,
    target: place.target,
    headers: [...request.headers].filter(([name]) => name !== ABORT_MARK),
    referrer: request.referrer,
    mode: request.mode,
    destination: request.destination,
    credentials: request.credentials,
    client: resultingClientId || clientId,
  };
}

/**
 * Watches over the wait for an answer: it ends after `answerMs`, when the fetch is aborted where the browser or the
 * window says so, and when the tab that asked is closed.
 */
function watch(
  event: WorkerFetchEvent,
  ask: Ask,
  signals: readonly AbortSignal[],
  context: AnswerContext,
): () => void {
  const { request, clientId } = event;
  const { scope, waits } = context;
  let waiting = true;
  const abort = () => {
    if (waiting) ask.abort();
  };
  const timer = setTimeout(() => ask.abort("AnswerTimeout"), waits.answerMs);
  const check = setInterval(() => {
    // Who navigates may go before what it opened has come.
    if (clientId === "" || request.mode === "navigate") return;
    scope.clients.get(clientId).then((client) => client === undefined && abort(), abort);
  }, waits.clientCheckMs);
  whenGivenUp(event, context, abort);
  for (const signal of signals) {
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
  }
  return () => {
    waiting = false;
    clearTimeout(timer);
    clearInterval(check);
    for (const signal of signals) signal.removeEventListener("abort", abort);
  };
}

/**
 * What a navigation opens is a client that can be asked for: it is found when it is there, and not found when the
 * frame or tab has gone or goes elsewhere. A browser that says so at once does not know such clients, unless it has
 * known one before: then the frame had gone before it was asked for.
 */
function whenGivenUp(
  { request, resultingClientId }: WorkerFetchEvent,
  context: AnswerContext,
  abort: () => void,
): void {
  if (request.mode !== "navigate" || resultingClientId === "") return;
  const asked = Date.now();
  const { scope, waits } = context;
  scope.clients.get(resultingClientId).then(
    (client) => {
      if (client !== undefined) context.knowsOpening = true;
      else if (context.knowsOpening || Date.now() - asked >= waits.clientKnownMs) abort();
    },
    () => undefined,
  );
}

function toResponse({ head, body }: PageAnswer): Response {
  const { status, reason: statusText } = head;
  const headers = new Headers();
  for (const [name, value] of head.headers) headers.append(name, value);
  if (status === 204 || status === 205 || status === 304) {
    // A 205 may come with a body, which a Response of that status can't have.
    if (body instanceof ReadableStream) void body.cancel();
    return new Response(null, { status, statusText, headers });
  }
  if (body === null) return new Response(null, { status, statusText, headers });
  const coding = headers.get("content-encoding")?.trim().toLowerCase();
  if (coding !== "gzip" && coding !== "deflate") return new Response(body, { status, statusText, headers });
  // It was asked for without a coding, and the browser does not look at what a worker answers.
  headers.delete("content-encoding");
  headers.delete("content-length");
  const coded = new Response(body).body as ReadableStream<BufferSource>;
  return new Response(coded.pipeThrough(new DecompressionStream(coding)), { status, statusText, headers });
}
