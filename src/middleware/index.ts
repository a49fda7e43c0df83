/** Wrappers around a callback. They nest: `logger(compress(serveFiles(source)))`. */

export type { ContentCoding } from "./codings.ts";
export { type CompressOptions, compress } from "./compress.ts";
export type { LogEntry } from "./log-line.ts";
export { type LoggerOptions, logger } from "./logger.ts";
export {
  type EventStream,
  type EventsHandler,
  type ServerSentEvent,
  type ServerSentEventsOptions,
  serverSentEvents,
} from "./server-sent-events.ts";
