import { ABORT_MARK, type Aborted, VERSION } from "../protocol.ts";
import { Routes } from "../routes.ts";

/** What of a window is changed and used. */
export interface ReportingWindow {
  fetch: typeof fetch;
  readonly Request: typeof Request;
  readonly XMLHttpRequest?: typeof XMLHttpRequest;
  readonly location: { readonly href: string };
  /** In words that a worker's types have, too: this is part of the entry that its script imports. */
  readonly navigator: {
    readonly serviceWorker?: { readonly controller: { postMessage(message: unknown): void } | null };
  };
}

/**
 * Lets aborted fetches of a window abort the server's `request.signal` before there is an answer. Browsers do
 * not tell a worker of it until it has answered (Chromium 156), so the window has to: its `fetch` and
 * `XMLHttpRequest` are wrapped, and do otherwise what they did. What is not for a preview is left alone.
 *
 * Call it in the page that exposes the network, for its own fetches, and for the windows of its previews.
 * @param target default: this window
 * @returns puts back what was there
 *
 * @example
 * ```ts
 * import { reportAborts } from "portico/service-worker";
 *
 * const frame = document.querySelector("iframe");
 * reportAborts();
 * frame?.addEventListener("load", () => {
 *   if (frame.contentWindow) reportAborts(frame.contentWindow as Window & typeof globalThis);
 * });
 * ```
 */
export function reportAborts(target: ReportingWindow = globalThis): () => void {
  const undoFetch = wrapFetch(target);
  const undoXhr = target.XMLHttpRequest === undefined ? undefined : wrapXhr(target, target.XMLHttpRequest);
  return () => {
    undoFetch();
    undoXhr?.();
  };
}

function wrapFetch(target: ReportingWindow): () => void {
  const platforms = target.fetch;
  const reporting: typeof fetch = (input, init) => {
    const given = input instanceof target.Request ? input : undefined;
    const signal = init?.signal ?? given?.signal;
    if (!signal || !isPreviews(given?.url ?? String(input), target))
      return platforms.call(target, input, init);
    const request = new target.Request(input, init);
    const mark = newMark();
    request.headers.set(ABORT_MARK, mark);
    const tell = (): void => report(mark, target);
    signal.addEventListener("abort", tell);
    const response = platforms.call(target, request);
    // From the head on the worker hears of it by itself.
    const over = (): void => signal.removeEventListener("abort", tell);
    response.then(over, over);
    return response;
  };
  target.fetch = reporting;
  return () => {
    if (target.fetch === reporting) target.fetch = platforms;
  };
}

function wrapXhr(target: ReportingWindow, { prototype }: typeof XMLHttpRequest): () => void {
  const { open, send } = prototype;
  const marked = new WeakSet<XMLHttpRequest>();
  prototype.open = function (this: XMLHttpRequest, ...args: [string, string | URL]) {
    Reflect.apply(open, this, args);
    if (isPreviews(String(args[1]), target)) marked.add(this);
    else marked.delete(this);
  } as typeof open;
  prototype.send = function (this: XMLHttpRequest, body) {
    if (marked.has(this)) {
      const mark = newMark();
      this.setRequestHeader(ABORT_MARK, mark);
      this.addEventListener("abort", () => report(mark, target), { once: true });
    }
    send.call(this, body);
  };
  return () => Object.assign(prototype, { open, send });
}

/** Whether a URL of this window is for a preview: by itself, or because the window is one. */
function isPreviews(given: string, { location }: ReportingWindow): boolean {
  if (!URL.canParse(given, location.href)) return false;
  const { href, origin } = new URL(given, location.href);
  const routes = new Routes(new URL(location.href).origin);
  return origin === routes.origin && [href, location.href].some((url) => routes.parse(url) !== undefined);
}

const newMark = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

function report(mark: string, { navigator }: ReportingWindow): void {
  const message: Aborted = { portico: "aborted", version: VERSION, mark };
  navigator.serviceWorker?.controller?.postMessage(message);
}
