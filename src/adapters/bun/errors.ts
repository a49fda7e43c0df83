import { NetworkError } from "../../socket/index.ts";

/** Bun's failure as the port's: same code, the original as `cause`. `EPIPE` is what a writer is told of a reset. */
export function networkError(cause: unknown, doing: string): NetworkError {
  if (cause instanceof NetworkError) return cause;
  const code = codeOf(cause);
  return new NetworkError(code === "EPIPE" ? "ECONNRESET" : code, doing, { cause });
}

function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "UNKNOWN";
  const { code } = cause;
  if (typeof code !== "string") return "UNKNOWN";
  return code === "DNS_ENOTFOUND" ? "ENOTFOUND" : code;
}
