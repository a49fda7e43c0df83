import { NetworkError } from "../../socket/index.ts";

/**
 * Node's failure as the port's: same code, the original as `cause`.
 *
 * `EPIPE` becomes `ECONNRESET`: it is what a writer is told where a reader is told of the reset, and only
 * the order of two system calls decides which.
 */
export function networkError(cause: unknown, doing: string): NetworkError {
  if (cause instanceof NetworkError) return cause;
  const code = codeOf(cause);
  return new NetworkError(code === "EPIPE" ? "ECONNRESET" : code, doing, { cause });
}

function codeOf(cause: unknown): string {
  if (typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string") {
    return cause.code;
  }
  return "UNKNOWN";
}
