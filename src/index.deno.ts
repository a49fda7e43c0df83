import { DenoNetwork } from "./adapters/deno/network.ts";
import { createFetch as createFetchOn, type Fetch, type FetchOptions } from "./client/index.ts";
import type { ServerOptions } from "./server/options.ts";
import { HttpServer } from "./server/server.ts";
import type { Network } from "./socket/index.ts";

export * from "./index.common.ts";

/** What a server listens on when its options name no network: TCP. */
export const defaultNetwork: Network = new DenoNetwork();

/**
 * An HTTP/1.1 server on any network.
 *
 * @example
 * ```ts
 * const server = new AsyncHttpServer();
 * await server.serve(8080, (request) => request.respond(200, "Hello World"));
 * ```
 */
export class AsyncHttpServer extends HttpServer {
  constructor(options: ServerOptions = {}) {
    super({ ...options, network: options.network ?? defaultNetwork });
  }
}

/** The seed's name for `new AsyncHttpServer(options)`. */
export function newAsyncHttpServer(options?: ServerOptions): AsyncHttpServer {
  return new AsyncHttpServer(options);
}

/**
 * A `fetch` over a network, by default the one that servers listen on.
 *
 * @param network where to connect
 * @throws TypeError for an option out of range
 * @example
 * ```ts
 * const fetch = createFetch();
 * const response = await fetch("http://localhost:8080/");
 * ```
 */
export function createFetch(network: Network = defaultNetwork, options?: FetchOptions): Fetch {
  return createFetchOn(network, options);
}
