import { isGreeting, VERSION, WAITS, type Waits } from "../protocol.ts";
import { type Place, Routes } from "../routes.ts";
import { Aborts } from "./aborts.ts";
import { type AnswerContext, answer } from "./answer.ts";
import { decide } from "./decide.ts";
import { isolated, wantsIsolation } from "./isolate.ts";
import { problemResponse } from "./problem.ts";
import { Sessions } from "./sessions.ts";
import type { WorkerFetchEvent, WorkerScope } from "./worker-scope.ts";

/** Options of `servePreviews`. Tests change them. */
export interface ServePreviewsOptions {
  /** @internal */
  readonly version?: number;
  /** @internal */
  readonly waits?: Partial<Waits>;
}

/**
 * The worker's half: answers fetches of previews in the service worker that calls it, at its start. A worker
 * of the application's own can call it beside its own listeners; `dist/portico-sw.js` does nothing else.
 *
 * @param scope `self`
 *
 * @example
 * ```ts
 * import { servePreviews, type WorkerScope } from "portico/service-worker";
 *
 * servePreviews(self as unknown as WorkerScope);
 * ```
 */
export function servePreviews(scope: WorkerScope, options: ServePreviewsOptions = {}): void {
  const waits = { ...WAITS, ...options.waits };
  const version = options.version ?? VERSION;
  const routes = new Routes(new URL(scope.location.href).origin);
  const previewsOnly = scope.registration.scope.endsWith("~");
  const sessions = new Sessions(scope, routes, waits, version);
  const aborts = new Aborts();
  const context: AnswerContext = { scope, sessions, waits, aborts };
  const isolation = wantsIsolation(scope);

  scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
  scope.addEventListener("message", (event) => {
    const { data, ports } = event;
    if (!isGreeting(data)) return;
    if (data.portico === "aborted") aborts.told(data.mark);
    if (data.portico !== "hello") return;
    const [port] = ports;
    if (port !== undefined) event.waitUntil(sessions.welcome(data, port));
    if (data.claim) event.waitUntil(scope.clients.claim());
  });
  scope.addEventListener("fetch", (event) => {
    const { request } = event;
    const decision = decide(request, routes, previewsOnly);
    switch (decision.kind) {
      case "leave":
        if (isolation !== undefined && !previewsOnly) isolated(event, isolation);
        break;
      case "redirect":
        // 307 keeps the method and the body of a form.
        event.respondWith(Response.redirect(decision.to, 307));
        break;
      case "serve":
        event.respondWith(answer(event, decision.place, context));
        break;
      case "serve-client":
        event.respondWith(answerClient(event, decision.target));
        break;
    }
  });

  /** Whose server a path means says the URL of who asks, which never changes. */
  const places = new Map<string, Place>();
  async function answerClient(event: WorkerFetchEvent, target: string): Promise<Response> {
    const { clientId, request } = event;
    let place = places.get(clientId);
    if (place === undefined) {
      const client = await scope.clients.get(clientId).catch(() => undefined);
      place = (client && routes.parse(client.url)) ?? routes.parse(request.referrer);
      if (place === undefined) return problemResponse("UnknownClient", false);
      if (places.size >= MAX_PLACES) places.clear();
      if (clientId !== "") places.set(clientId, place);
    }
    return answer(event, { ...place, target }, context);
  }
}

const MAX_PLACES = 1000;
