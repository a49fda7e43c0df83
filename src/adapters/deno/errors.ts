import { NetworkError } from "../../socket/index.ts";

/** Deno's failure as the port's: Node's code for it, the original as `cause`. */
export function networkError(cause: unknown, doing: string): NetworkError {
  if (cause instanceof NetworkError) return cause;
  return new NetworkError(codeOf(cause), doing, { cause });
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "UNKNOWN";
  if ("code" in cause && typeof cause.code === "string") {
    return cause.code === "EPIPE" ? "ECONNRESET" : cause.code; // what a writer is told of a reset
  }
  // The resolver's failure has no code in Deno, only this beginning of its text.
  return cause.message.startsWith("failed to lookup address") ? "ENOTFOUND" : "UNKNOWN";
}
