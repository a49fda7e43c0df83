import type { Network } from "../socket/index.ts";
import { Client } from "./client.ts";
import { exchange } from "./exchange.ts";
import type { FetchOptions } from "./options.ts";
import { type FetchInit, prepare } from "./request.ts";

/** `fetch` over one network. */
export interface Fetch {
  (input: string | URL | Request, init?: FetchInit): Promise<Response>;
  /**
   * Closes the connections that idle, and refuses requests that wait for one or come later. Those that are
   * under way go on.
   */
  close(): void;
}

/**
 * A `fetch` that speaks HTTP/1.1 over a network, with a pool of connections of its own.
 *
 * It is the platform's `fetch` to whoever calls it: `Request` and `Response` are the platform's, bodies stream
 * both ways, `signal` and `redirect` do what they do there, and it rejects with a `TypeError` whose `cause`
 * has a `code`. What is otherwise: there are no origins to keep apart (no CORS, `mode`, `referrer`, `cache`),
 * `redirect: "manual"` gives the redirect itself (as on Node), `integrity` is refused, and `init.headers`
 * may name every field.
 *
 * @param network where to connect
 * @throws TypeError for an option out of range, or for what is no network
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, VirtualNetwork } from "portico";
 * import { createFetch } from "portico/client";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(200, "Hello World"));
 * const fetch = createFetch(network);
 * const response = await fetch("http://localhost:8080/");
 * await response.text(); // "Hello World"
 * ```
 */
export function createFetch(network: Network, options: FetchOptions = {}): Fetch {
  const client = new Client(network, options);
  const fetch = async (input: string | URL | Request, init: FetchInit = {}): Promise<Response> => {
    client.checkOpen();
    return exchange(client, await prepare(input, init, client.config.baseUrl));
  };
  return Object.assign(fetch, { close: () => client.close() });
}
