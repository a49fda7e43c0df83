import { defaultNetwork } from "../index.bun.ts";
import { type Http, httpOn, moduleOf } from "./http.ts";
import type { HttpServerOfNode } from "./server.ts";

export * from "./index.common.ts";

const http: Http = httpOn({ network: defaultNetwork, pinned: true });

/** `http.Server`: an event emitter with Node's events, properties and methods. */
export const Server = http.Server;
export type Server = HttpServerOfNode;

/**
 * `http.createServer`.
 *
 * @example
 * ```ts
 * import { createServer } from "portico/node-http";
 *
 * createServer((request, response) => {
 *   response.end(`Hello from ${request.url}`);
 * }).listen(8080);
 * ```
 */
export const createServer = http.createServer;

/** What servers that were made without a `network` listen on from now on. */
export const useNetwork = http.useNetwork;

/** What `import http from "node:http"` gives. */
export default moduleOf(http);
