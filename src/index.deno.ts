import { DenoNetwork } from "./adapters/deno/network.ts";
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
