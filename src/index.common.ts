/** What every platform exports alike; `index.node.ts` and `index.browser.ts` add the default network. */
export {
  type Conditions,
  VirtualNetwork,
  type VirtualNetworkOptions,
} from "./adapters/virtual/index.ts";
export {
  ClientError,
  type ClientErrorCode,
  type CookieJar,
  connect,
  type Fetch,
  type FetchInit,
  type FetchOptions,
  headersOf,
  type RawAnswer,
  type RawRequestOptions,
  type RawResponse,
  rawRequest,
  trailersOf,
} from "./client/index.ts";
export { InvalidHeader, ProtocolError, type ProtocolErrorCode } from "./http1/errors.ts";
export { type HeadersInput, HttpHeaders } from "./http1/headers.ts";
export { DEFAULT_LIMITS, type Limits } from "./http1/limits.ts";
export { reasonPhrase } from "./http1/reason.ts";
export * from "./middleware/index.ts";
export * from "./server/index.ts";
export * from "./socket/index.ts";
export * from "./websocket/index.ts";
