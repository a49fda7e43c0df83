import type { Network } from "../socket/index.ts";
import * as common from "./index.common.ts";
import { HttpServerOfNode, type Runtime } from "./server.ts";
import type { AnyListener, RequestListener, ServerOptions } from "./server-options.ts";
import { named } from "./stubs.ts";

/** `http.Server`: a class that can be called without `new`, as old programs do. */
export interface ServerClass {
  new (options?: ServerOptions | AnyListener | null, listener?: AnyListener): HttpServerOfNode;
  (options?: ServerOptions | AnyListener | null, listener?: AnyListener): HttpServerOfNode;
  readonly prototype: HttpServerOfNode;
}

/** `http.createServer`. Frameworks have types of their own for the two that a listener gets. */
export interface CreateServer {
  (listener?: RequestListener): HttpServerOfNode;
  (options: ServerOptions | null | undefined, listener?: RequestListener): HttpServerOfNode;
  (listener: AnyListener): HttpServerOfNode;
  (options: ServerOptions | null | undefined, listener: AnyListener): HttpServerOfNode;
}

export interface Http {
  readonly Server: ServerClass;
  readonly createServer: CreateServer;
  /** What servers that are made without a `network` listen on from now on. */
  readonly useNetwork: (network: Network) => void;
}

/** What of `node:http` depends on the platform. */
export function httpOn(runtime: Runtime): Http {
  class Server extends HttpServerOfNode {
    constructor(options?: ServerOptions | AnyListener | null, listener?: AnyListener) {
      super(runtime, options, listener);
    }
  }
  Object.defineProperty(Server, "name", { value: "Server" });
  const callable = new Proxy(Server, {
    apply: (_, __, [options, listener]: [ServerOptions?, AnyListener?]) => new callable(options, listener),
  }) as unknown as ServerClass;
  return {
    Server: callable,
    createServer: (options?: ServerOptions | AnyListener | null, listener?: AnyListener) =>
      new callable(options, listener),
    useNetwork: (network) => {
      runtime.network = network;
    },
  };
}

/** What `import http from "node:http"` gives; a name that Portico has not throws an error that names it. */
export function moduleOf(http: Http): typeof common & Http {
  return named("http", { ...common, ...http });
}
