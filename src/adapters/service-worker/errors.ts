import { CodedError } from "../../socket/coded-error.ts";

/** Why a page could not get its bridge. */
export type BridgeErrorCode =
  /** No service workers here: not a secure context, a private window of some browsers, a sandbox, or cookies are blocked. */
  | "ServiceWorkerUnsupported"
  /** The worker's file is not there, is no script, or does not run. */
  | "WorkerNotFound"
  /** The worker did not start, answer or take control in time. */
  | "WorkerTimeout"
  /** The worker's file is of another version of Portico, and there was no update for it. */
  | "VersionMismatch";

/**
 * `exposeNetwork` could not do what it was asked for.
 *
 * @example
 * ```ts
 * import { VirtualNetwork } from "portico";
 * import { BridgeError, exposeNetwork } from "portico/service-worker";
 *
 * try {
 *   await exposeNetwork(new VirtualNetwork());
 * } catch (error) {
 *   if (error instanceof BridgeError && error.code === "ServiceWorkerUnsupported")
 *     document.body.append("This page has to be opened by https.");
 * }
 * ```
 */
export class BridgeError extends CodedError<BridgeErrorCode> {
  override readonly name = "BridgeError";
}
