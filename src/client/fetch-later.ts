import type { Network } from "../socket/index.ts";
import type { Client } from "./client.ts";
import { ClientError, fetchFailed } from "./errors.ts";
import type { Fetch } from "./fetch.ts";
import { type FetchOptions, resolveOptions } from "./options.ts";
import { type FetchInit, type OutgoingRequest, prepare } from "./request.ts";

/** `fetch.ts`'s, with the machinery behind it loaded by the first request; its arguments are read at once. */
export function createFetch(network: Network, options: FetchOptions = {}): Fetch {
  const given = { ...options };
  const { baseUrl } = resolveOptions(given);
  let loading: Promise<Machinery> | undefined;
  let closed = false;
  const load = async (): Promise<Machinery> => {
    try {
      const { Client, exchange } = await import("./machinery.ts");
      const client = new Client(network, given);
      if (closed) client.close();
      return { client, send: (request) => exchange(client, request) };
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  const fetch = async (input: string | URL | Request, init: FetchInit = {}): Promise<Response> => {
    if (closed) throw fetchFailed(new ClientError("ClientClosed"));
    const request = await prepare(input, init, baseUrl);
    loading ??= load();
    return (await loading).send(request);
  };
  const close = async () => {
    closed = true;
    (await loading)?.client.close();
  };
  return Object.assign(fetch, { close: () => void close().catch(() => {}) });
}

interface Machinery {
  readonly client: Client;
  send(request: OutgoingRequest): Promise<Response>;
}
