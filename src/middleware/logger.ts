import { callable } from "../server/errors.ts";
import type { RequestCallback } from "../server/types.ts";
import { type Clock, systemClock } from "../socket/index.ts";
import { withAccessLog } from "./access-log.ts";
import { formatLogLine, type LogEntry } from "./log-line.ts";

/** Options of `logger`. */
export interface LoggerOptions {
  /** Gets each line, and what it was made of. Default: `console.log` of the line. */
  readonly log?: (line: string, entry: LogEntry) => void;
  /** Default: the platform's time. */
  readonly clock?: Clock;
}

/**
 * Wraps a callback so that every request is logged, when its response was handed over or broken off, in the
 * combined format of Apache and nginx with the duration behind it. What came from the client is escaped.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, logger } from "portico";
 *
 * const callback = logger((request) => request.respond(200, "Hello World"));
 * await new AsyncHttpServer().serve(8080, callback);
 * // 127.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 11 "-" "curl/8.5.0" 0.8ms
 * ```
 */
export function logger(callback: RequestCallback, options: LoggerOptions = {}): RequestCallback {
  const { log = (line) => console.log(line), clock = systemClock } = options;
  return withAccessLog(
    callable(callback),
    (entry) => log(formatLogLine(entry), entry),
    () => clock.now(),
  );
}
