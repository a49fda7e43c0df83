export { connect } from "./connect.ts";
export { ClientError, type ClientErrorCode } from "./errors.ts";
export { createFetch, type Fetch } from "./fetch.ts";
export type { CookieJar, FetchOptions } from "./options.ts";
export { type RawAnswer, type RawRequestOptions, rawRequest } from "./raw-request.ts";
export type { RawResponse } from "./raw-responses.ts";
export type { FetchInit } from "./request.ts";
export { headersOf, trailersOf } from "./response-facts.ts";
