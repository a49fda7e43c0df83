export { ClientError, type ClientErrorCode } from "./errors.ts";
export { createFetch, type Fetch } from "./fetch.ts";
export type { CookieJar, FetchOptions } from "./options.ts";
export type { FetchInit } from "./request.ts";
export { headersOf, trailersOf } from "./response.ts";
