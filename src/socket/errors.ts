/**
 * A failure of the transport. `code` is Node's code for it (`EADDRINUSE`, `ECONNREFUSED`,
 * `ECONNRESET`, ...) on every network, so code that handles one handles the others.
 */
export class NetworkError extends Error {
  override readonly name: string = "NetworkError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
