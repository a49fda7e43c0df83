import { defaultNetwork } from "../index.browser.ts";
import type { Network } from "../socket/index.ts";
import * as common from "./index.common.ts";
import {
  type AnyListener,
  HttpServerOfNode,
  type RequestListener,
  type Runtime,
  type ServerOptions,
} from "./server.ts";
import { named } from "./stubs.ts";

export * from "./index.common.ts";

const runtime: Runtime = { network: defaultNetwork, pinned: false };

/** `http.Server`: an event emitter with Node's events, properties and methods. */
export class Server extends HttpServerOfNode {
  constructor(options?: ServerOptions | AnyListener | null, listener?: AnyListener) {
    super(runtime, options, listener);
  }
}

/**
 * `http.createServer`.
 *
 * @example
 * ```ts
 * createServer((request, response) => response.end("Hello World")).listen(8080);
 * ```
 */
export function createServer(listener?: RequestListener): Server;
export function createServer(options: ServerOptions | null | undefined, listener?: RequestListener): Server;
/** Frameworks have types of their own for the two: `createServer(app)`. */
export function createServer(listener: AnyListener): Server;
export function createServer(options: ServerOptions | null | undefined, listener: AnyListener): Server;
export function createServer(options?: ServerOptions | AnyListener | null, listener?: AnyListener): Server {
  return new Server(options, listener);
}

/** What servers that were made without a `network` listen on from now on. */
export function useNetwork(network: Network): void {
  runtime.network = network;
}

/** What `import http from "node:http"` gives; a name that Portico has not throws an error that names it. */
export default named("http", { ...common, Server, createServer, useNetwork });
