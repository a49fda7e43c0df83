/**
 * What the two halves say to each other. The README has the conversation; here are its words, and the
 * bounds of every wait.
 *
 * The messages of `Greeting` travel by `ServiceWorker.postMessage` and `Client.postMessage`, where other
 * code's messages travel too; their shape (`portico` and `version`) is what every version, older or newer,
 * has to keep. Everything else goes over a `MessagePort`, the link, between halves of the same version.
 */

/** Raised by one with every change of a message below the line. */
export const VERSION = 2;

/** Page to worker: this session is here, its link comes along as the one transferred port. */
export interface Hello {
  readonly portico: "hello";
  readonly version: number;
  readonly session: string;
  /** The page wants to be controlled by this worker, which takes over all clients in its scope. */
  readonly claim: boolean;
}

/** Worker to page: whose session has this key? The owner answers with a `Hello`. */
export interface Seek {
  readonly portico: "seek";
  readonly version: number;
  readonly instance: string;
  readonly key: string;
}

/** Page to worker, every `keepAliveMs` while something is in flight: nothing else keeps a worker alive. */
export interface KeepAlive {
  readonly portico: "keep-alive";
  readonly version: number;
}

/** Worker to page, first on every link: who is at the other end. */
export interface Welcome {
  readonly portico: "welcome";
  readonly version: number;
  /** Names this run of the worker; another run has another one. */
  readonly instance: string;
}

/** A window to the worker: the fetch with this mark was aborted before it had its answer. */
export interface Aborted {
  readonly portico: "aborted";
  readonly version: number;
  readonly mark: string;
}

export type Greeting = Hello | Seek | KeepAlive | Welcome | Aborted;

/** The field of a request that carries its mark as far as the worker. */
export const ABORT_MARK = "x-portico-mark";

// ---- the line ----

/** One fetch, as the worker saw it. Everything in it is the same when the browser dispatches it again. */
export interface FetchDescription {
  readonly port: number;
  readonly method: string;
  /** Path and query as in the URL; begins with a slash. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The URL, `""` for none. */
  readonly referrer: string;
  readonly mode: string;
  readonly destination: string;
  /** `"omit"`: no cookie goes with it, and none that comes with its answer is kept. */
  readonly credentials: string;
  /** Who asks: `clientId`, or for navigations what they will be, `resultingClientId`. */
  readonly client: string;
}

/** The begin of a request body: as much as was there at once, and whether that is all. */
export interface FirstBytes {
  readonly bytes: ArrayBuffer;
  readonly whole: boolean;
}

export interface AnswerHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** All of a small body, `"stream"` when it comes in chunks, `null` when there is none. */
export type AnswerBody = ArrayBuffer | "stream" | null;

/** Worker to page. `id` is one fetch of this link. `pull` is credit for response bytes. */
export type ToPage =
  | {
      readonly kind: "request";
      readonly id: number;
      readonly fetch: FetchDescription;
      readonly body: FirstBytes | null;
    }
  | { readonly kind: "body"; readonly id: number; readonly bytes: ArrayBuffer }
  | { readonly kind: "body-end"; readonly id: number }
  | { readonly kind: "pull"; readonly id: number; readonly bytes: number }
  /** The browser has the response: the fetch will not be dispatched again. */
  | { readonly kind: "accepted"; readonly id: number }
  /** Whoever asked has gone, or the request body was cut. */
  | { readonly kind: "abort"; readonly id: number };

/** Page to worker. `pull` is credit for request bytes. */
export type ToWorker =
  | { readonly kind: "head"; readonly id: number; readonly head: AnswerHead; readonly body: AnswerBody }
  /** There will be no answer from the server. */
  | { readonly kind: "refused"; readonly id: number; readonly code: ProblemCode }
  | { readonly kind: "chunk"; readonly id: number; readonly bytes: ArrayBuffer }
  | { readonly kind: "end"; readonly id: number }
  /** The body ends here although more was to come. */
  | { readonly kind: "cut"; readonly id: number }
  | { readonly kind: "pull"; readonly id: number; readonly bytes: number }
  /** The bridge is closed. */
  | { readonly kind: "bye" };

/** Why a fetch got no answer of the server's; `worker/problem.ts` has status and words for each. */
export type ProblemCode =
  | "SessionGone"
  | "SessionSilent"
  | "PageOutdated"
  | "UnknownClient"
  | "ServerGone"
  | "ConnectionLost"
  | "InvalidResponse"
  | "AnswerTimeout";

/** Bytes of a body that may be on their way without having been taken. */
export const WINDOW_BYTES = 524_288;
/** Bodies up to this size travel with their head in one message. */
export const WHOLE_BYTES = 65_536;

/** Every wait, in milliseconds. */
export const WAITS = Object.freeze({
  /** For a page that is there (it holds its lock) to answer a `Seek`: it may be busy. */
  seekMs: 10_000,
  /** For a worker to answer a `Hello`. */
  welcomeMs: 5_000,
  /** For a registered worker to become active, or to take control of the page. */
  activeMs: 20_000,
  /** For the server's head. Chromium ends a worker whose event takes 5 minutes. */
  answerMs: 240_000,
  /** For the network to connect. */
  connectMs: 30_000,
  /** For more of a request body, so that small ones leave whole. */
  firstBytesMs: 10,
  /** For the browser to dispatch again what a dead worker left. */
  replayMs: 10_000,
  /** Between looks whether who asked is still there. */
  clientCheckMs: 1_000,
  /** Before a navigation that has no client counts as given up. */
  clientKnownMs: 50,
  /** Between signs of life to a worker. Chromium stops one after 30 s without an event. */
  keepAliveMs: 25_000,
});

export type Waits = Readonly<Record<keyof typeof WAITS, number>>;

/** Whether something that came by `message` event is one of ours, of whatever version. */
export function isGreeting(data: unknown): data is Greeting {
  return (
    typeof data === "object" &&
    data !== null &&
    typeof (data as { portico?: unknown }).portico === "string" &&
    typeof (data as { version?: unknown }).version === "number"
  );
}
