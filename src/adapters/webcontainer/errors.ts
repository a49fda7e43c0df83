import { CodedError } from "../../socket/coded-error.ts";

/** Why there is no container, or none any more. */
export type ContainerErrorCode =
  /** The page is not isolated across origins: it needs the headers COOP and COEP. */
  | "NotIsolated"
  /** No service workers here: not a secure context, or a private window of some browsers. */
  | "ServiceWorkerUnsupported"
  /** The runtime's host did not answer in time. */
  | "HostUnreachable"
  /** The host answered, and then said nothing more for too long. */
  | "BootTimeout"
  /** The host, or the client library, failed. The cause is with it. */
  | "BootFailed"
  /** The container was closed, or its relay ended. */
  | "ContainerClosed";

/**
 * A WebContainer could not be had.
 *
 * @example
 * ```ts
 * import { bootContainer, ContainerError } from "portico/webcontainer";
 *
 * try {
 *   await bootContainer();
 * } catch (error) {
 *   if (error instanceof ContainerError && error.code === "NotIsolated")
 *     document.body.append("This page has to be served with COOP and COEP.");
 * }
 * ```
 */
export class ContainerError extends CodedError<ContainerErrorCode> {
  override readonly name = "ContainerError";
}
