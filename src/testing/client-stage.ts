import { VirtualNetwork, type VirtualNetworkOptions } from "../adapters/virtual/index.ts";
import { createFetch, type Fetch } from "../client/fetch.ts";
import type { FetchOptions } from "../client/options.ts";
import { HttpServer } from "../server/server.ts";
import type { RequestCallback } from "../server/types.ts";
import type { Listener, Network } from "../socket/index.ts";
import { WireClient } from "./wire-client.ts";

/** A server's end of every connection, in the hands of a test that writes what it likes. */
export class WireServer {
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get port(): number {
    return this.#listener.address.port;
  }

  get url(): string {
    return `http://localhost:${this.port}/`;
  }

  static async listen(network: Network, port = 0): Promise<WireServer> {
    return new WireServer(await network.listen({ port }));
  }

  /** The next connection. */
  async accept(): Promise<WireClient> {
    return new WireClient(await this.#listener.accept());
  }

  /** The next connection, and the head of the request on it. */
  async request(): Promise<{ wire: WireClient; head: string }> {
    const wire = await this.accept();
    return { wire, head: await wire.read("\r\n\r\n") };
  }

  /** Takes the next connection's request and answers it with these bytes. */
  async answer(response: string | Uint8Array, end = false): Promise<WireClient> {
    const { wire } = await this.request();
    await wire.send(response);
    if (end) wire.end();
    return wire;
  }
}

/** A wire server and a `fetch` to it, on a network of their own. */
export async function wireStage(
  options: FetchOptions = {},
  conditions: VirtualNetworkOptions = {},
): Promise<{ network: VirtualNetwork; server: WireServer; fetch: Fetch; url: string }> {
  const network = new VirtualNetwork(conditions);
  const server = await WireServer.listen(network);
  return { network, server, fetch: createFetch(network, options), url: server.url };
}

/** Portico's own server and a `fetch` to it, on a network of their own. */
export async function serverStage(
  callback: RequestCallback,
  options: FetchOptions = {},
  conditions: VirtualNetworkOptions = {},
): Promise<{ network: VirtualNetwork; server: HttpServer; fetch: Fetch; url: string }> {
  const network = new VirtualNetwork(conditions);
  const server = new HttpServer({ network, onError: () => {} });
  let url = "";
  void server.serve(0, callback, {
    onListen: ({ port }) => {
      url = `http://localhost:${port}/`;
    },
  });
  while (url === "") await undefined;
  return { network, server, fetch: createFetch(network, options), url };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { cause?: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error("rejected with something that is no Error", { cause: error });
  }
  throw new Error("did not reject");
}

/** The code of what a failed fetch was caused by. */
export async function causeOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await rejection(promise);
  if (!(error instanceof TypeError)) throw new Error("wanted a TypeError", { cause: error });
  return (error.cause as { code?: unknown }).code;
}
