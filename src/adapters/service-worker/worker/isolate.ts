import type { Isolation } from "../headers.ts";
import type { WorkerFetchEvent, WorkerScope } from "./worker-scope.ts";

/** The parameter of the worker's URL that asks for isolation of the pages in its scope. */
export const ISOLATE = "isolate";

/** What the worker was registered for, by its URL: the one memory that outlives it. */
export function wantsIsolation(scope: WorkerScope): Isolation | undefined {
  const value = new URL(scope.location.href).searchParams.get(ISOLATE);
  return value === "require-corp" || value === "credentialless" ? value : undefined;
}

/**
 * Adds the headers of isolation to what needs them: documents and the scripts of workers. Other requests are
 * not touched.
 */
export function isolated(event: WorkerFetchEvent, isolation: Isolation): void {
  const { method, mode, destination } = event.request;
  const wants = mode === "navigate" || destination === "worker" || destination === "sharedworker";
  if (!wants || method !== "GET") return;
  event.respondWith(
    fetch(event.request).then((response) => {
      // A redirect is the browser's to follow, and an opaque answer can't be made anew.
      if (response.status === 0 || response.type === "opaqueredirect") return response;
      const headers = new Headers(response.headers);
      headers.set("Cross-Origin-Opener-Policy", "same-origin");
      headers.set("Cross-Origin-Embedder-Policy", isolation);
      if (!headers.has("Cross-Origin-Resource-Policy"))
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
      const { status, statusText } = response;
      return new Response(response.body, { status, statusText, headers });
    }),
  );
}
