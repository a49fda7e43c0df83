/** Why a page could not get its bridge. */
export type BridgeErrorCode =
  /** No service workers here: not a secure context, or a private window of some browsers. */
  | "ServiceWorkerUnsupported"
  /** The worker's file is not there, is no script, or does not run. */
  | "WorkerNotFound"
  /** The worker did not start, answer or take control in time. */
  | "WorkerTimeout"
  /** The worker's file is of another version of Portico, and there was no update for it. */
  | "VersionMismatch";

/** `exposeNetwork` could not do what it was asked for. */
export class BridgeError extends Error {
  override readonly name = "BridgeError";
  readonly code: BridgeErrorCode;

  constructor(code: BridgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
