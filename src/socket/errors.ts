/**
 * A failure of the transport. `code` is Node's code for it (`EADDRINUSE`, `ECONNREFUSED`,
 * `ECONNRESET`, ...) on every network, so code that handles one handles the others.
 *
 * @example
 * ```ts
 * import { connect, NetworkError, VirtualNetwork } from "portico";
 *
 * try {
 *   await connect(new VirtualNetwork(), "http://localhost:8080/");
 * } catch (error) {
 *   console.log(error instanceof NetworkError && error.code); // ECONNREFUSED
 * }
 * ```
 */
export class NetworkError extends Error {
  override readonly name: string = "NetworkError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
