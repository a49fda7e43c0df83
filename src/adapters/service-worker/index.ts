/**
 * Real URLs for servers in a page: `exposeNetwork` is the page's half, `servePreviews` the worker's, and
 * `dist/portico-sw.js` a worker that is ready to be served.
 */
export { BridgeError, type BridgeErrorCode } from "./errors.ts";
export type { Isolation } from "./headers.ts";
export { type Bridge, type ExposeOptions, exposeNetwork } from "./page/expose.ts";
export { type IsolatePageOptions, isolatePage } from "./page/isolate-page.ts";
export { type ReportingWindow, reportAborts } from "./page/report-aborts.ts";
export type { ProblemCode } from "./protocol.ts";
export { type ServePreviewsOptions, servePreviews } from "./worker/serve-previews.ts";
export type { WorkerScope } from "./worker/worker-scope.ts";
