import type { FetchDescription, Waits } from "../protocol.ts";
import type { Place } from "../routes.ts";
import type { Ask, PageAnswer } from "./ask.ts";
import { Problem, problemResponse } from "./problem.ts";
import type { Sessions } from "./sessions.ts";
import { beginUpload } from "./upload.ts";
import type { WorkerFetchEvent, WorkerScope } from "./worker-scope.ts";

/** What answering needs, beside the event. */
export interface AnswerContext {
  readonly scope: WorkerScope;
  readonly sessions: Sessions;
  readonly waits: Waits;
}

/** Gets the server's answer, or says why there is none. Never rejects. */
export async function answer(
  event: WorkerFetchEvent,
  place: Place,
  context: AnswerContext,
): Promise<Response> {
  try {
    const { sessions, waits } = context;
    const [link, upload] = await Promise.all([
      sessions.find(place.session),
      beginUpload(event.request, waits.firstBytesMs),
    ]);
    const ask = link.ask(describe(event, place), upload?.first ?? null);
    const end = watch(event, ask, context);
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
    headers: [...request.headers],
    referrer: request.referrer,
    mode: request.mode,
    destination: request.destination,
    client: resultingClientId || clientId,
  };
}

/**
 * Watches over the wait for an answer: it ends after `answerMs`, when the fetch is aborted where the browser says
 * so, and when the tab that asked is closed.
 */
function watch(
  { request, clientId }: WorkerFetchEvent,
  ask: Ask,
  { scope, waits }: AnswerContext,
): () => void {
  const abort = () => ask.abort();
  const timer = setTimeout(() => ask.abort("AnswerTimeout"), waits.answerMs);
  const check = setInterval(() => {
    // Who navigates may go before what it opened has come.
    if (clientId === "" || request.mode === "navigate") return;
    scope.clients.get(clientId).then((client) => client === undefined && abort(), abort);
  }, waits.clientCheckMs);
  request.signal.addEventListener("abort", abort);
  return () => {
    clearTimeout(timer);
    clearInterval(check);
    request.signal.removeEventListener("abort", abort);
  };
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
