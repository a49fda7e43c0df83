import { NodeNetwork } from "./adapters/node/network.ts";
import type { Fetch } from "./client/fetch.ts";
// Who only serves does not wait until V8 has read a client.
import { createFetch as createFetchOn } from "./client/fetch-later.ts";
import type { FetchOptions } from "./client/options.ts";
import type { ServerOptions } from "./server/options.ts";
import { HttpServer } from "./server/server.ts";
import type { Network } from "./socket/index.ts";

export * from "./index.common.ts";

/** What a server listens on when its options name no network: TCP. */
export const defaultNetwork: Network = new NodeNetwork();

/**
 * An HTTP/1.1 server on any network.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 *
 * const server = new AsyncHttpServer();
 * await server.serve(8080, (request) => request.respond(200, "Hello World"));
 * ```
 */
export class AsyncHttpServer extends HttpServer {
  constructor(options: ServerOptions = {}) {
    super({ ...options, network: options.network ?? defaultNetwork });
  }
}

/**
 * The seed's name for `new AsyncHttpServer(options)`.
 *
 * @example
 * ```ts
 * import { newAsyncHttpServer } from "portico";
 *
 * const server = newAsyncHttpServer({ maxBody: 1_000_000 });
 * await server.serve(8080, (request) => request.respond(200, "Hello World"));
 * ```
 */
export function newAsyncHttpServer(options?: ServerOptions): AsyncHttpServer {
  return new AsyncHttpServer(options);
}

/**
 * A `fetch` over a network, by default the one that servers listen on.
 *
 * @param network where to connect
 * @throws TypeError for an option out of range, or for what is no network
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch } from "portico";
 *
 * const server = new AsyncHttpServer();
 * void server.serve(8080, (request) => request.respond(200, "Hello World"));
 * const fetch = createFetch();
 * const response = await fetch("http://localhost:8080/");
 * await response.text(); // "Hello World"
 * await server.close();
 * ```
 */
export function createFetch(network: Network = defaultNetwork, options?: FetchOptions): Fetch {
  return createFetchOn(network, options);
}
