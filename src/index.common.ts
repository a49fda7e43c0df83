/**
 * What every platform exports alike; `index.node.ts` and `index.browser.ts` add the default network. Of folders whose index
 * has more than that only the modules: Node loads whole what is named here (scripts/build.mjs).
 */
export type { Conditions } from "./adapters/virtual/conditions.ts";
export { VirtualNetwork } from "./adapters/virtual/network.ts";
export type { VirtualNetworkOptions } from "./adapters/virtual/options.ts";
export { connect } from "./client/connect.ts";
export { ClientError, type ClientErrorCode } from "./client/errors.ts";
export type { Fetch } from "./client/fetch.ts";
export type { CookieJar, FetchOptions } from "./client/options.ts";
export { type RawAnswer, type RawRequestOptions, rawRequest } from "./client/raw-request.ts";
export type { RawResponse } from "./client/raw-responses.ts";
export type { FetchInit } from "./client/request.ts";
export { headersOf, trailersOf } from "./client/response-facts.ts";
export { InvalidHeader, ProtocolError, type ProtocolErrorCode } from "./http1/errors.ts";
export { type HeadersInput, HttpHeaders } from "./http1/headers.ts";
export { DEFAULT_LIMITS, type Limits } from "./http1/limits.ts";
export { reasonPhrase } from "./http1/reason.ts";
export * from "./middleware/index.ts";
export * from "./server/index.ts";
export * from "./socket/index.ts";
export * from "./websocket/index.ts";
