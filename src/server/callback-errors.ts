/** What a callback throws: whose fault it is, who is told, and what the client is answered. */
import { ProtocolError } from "../http1/errors.ts";
import { reasonPhrase } from "../http1/reason.ts";
import { UsageError } from "./errors.ts";
import type { ServerConfig } from "./options.ts";
import type { ServerRequest } from "./request.ts";

/** Whether the handler of errors has to hear of it. @param over the exchange, before the callback was */
export function isCallbacksFault(error: unknown, { signal }: ServerRequest, over: boolean): boolean {
  if (error instanceof ProtocolError) return false; // the peer's
  if (over && error instanceof UsageError && error.code === "ConnectionClosed") return false; // too late, which happens
  // Who waits for the signal, or gives it to others, throws its reason on: nobody's mistake.
  return !(signal.aborted && error === signal.reason);
}

/** Tells the handler of errors, once of each. */
export function report(onError: ServerConfig["onError"], error: unknown, request: ServerRequest): void {
  // What a failing stream was reported for comes again when the callback waited for `respond`.
  if (request.reported !== undefined && request.reported.error === error) return;
  request.reported = { error };
  try {
    onError(error, request);
  } catch {
    // An error handler that throws has no one else to tell.
  }
}

/** The status and its phrase. */
export function answerError(request: ServerRequest, status: number): void {
  void request.respond(status, reasonPhrase(status), { "Content-Type": "text/plain; charset=utf-8" });
}
