export { ResponseAlreadySent, UsageError, type UsageErrorCode } from "./errors.ts";
export { type FetchHandler, fetchHandler } from "./fetch-handler.ts";
export { keepSetCookie, type ResponseScope } from "./keep-set-cookie.ts";
export {
  type CloseOptions,
  DEFAULT_TIMEOUTS,
  type ListenOptions,
  type ServeOptions,
  type ServerLimits,
  type ServerOptions,
  type Timeouts,
} from "./options.ts";
export type { BodyContent, BodyWriter, HttpRequest, RequestCallback, UpgradedConnection } from "./types.ts";
