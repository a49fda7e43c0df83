import type { Network } from "../socket/index.ts";
import type { Fetch } from "./fetch.ts";
import { type FetchOptions, resolveOptions } from "./options.ts";
import { type FetchInit, type OutgoingRequest, prepare } from "./request.ts";

/** `fetch.ts`'s, with the machinery behind it loaded by the first request; its arguments are read at once. */
export function createFetch(network: Network, options: FetchOptions = {}): Fetch {
  const { baseUrl } = resolveOptions(options);
  const later = new Later(network, { ...options });
  const fetch = (input: string | URL | Request, init?: FetchInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const send = (request: OutgoingRequest) =>
        later.run((machinery) => machinery.send(request, { resolve, reject }), reject);
      const request = prepare(input, init ?? {}, baseUrl);
      if (request instanceof Promise) request.then(send, reject);
      else send(request);
    });
  return Object.assign(fetch, { close: () => later.close() });
}

type Settler = ConstructorParameters<typeof import("./exchange.ts").Exchange>[2];

interface Machinery {
  send(request: OutgoingRequest, promise: Settler): void;
  close(): void;
}

interface Call {
  run(machinery: Machinery): void;
  failed(error: unknown): void;
}

/** Keeps the calls in their order until the machinery is there. */
class Later {
  readonly #network: Network;
  readonly #options: FetchOptions;
  readonly #calls: Call[] = [];
  #machinery: Machinery | undefined;
  #loading = false;

  constructor(network: Network, options: FetchOptions) {
    this.#network = network;
    this.#options = options;
  }

  run(run: Call["run"], failed: Call["failed"]): void {
    if (this.#machinery !== undefined) return run(this.#machinery);
    this.#calls.push({ run, failed });
    if (!this.#loading) void this.#load();
  }

  /** Nothing is loaded for it. */
  close(): void {
    if (this.#machinery !== undefined) this.#machinery.close();
    else this.#calls.push({ run: (machinery) => machinery.close(), failed() {} });
  }

  async #load(): Promise<void> {
    this.#loading = true;
    try {
      const { Client, Exchange } = await import("./machinery.ts");
      const client = new Client(this.#network, this.#options);
      const machinery: Machinery = {
        send: (request, promise) => new Exchange(client, request, promise).start(),
        close: () => client.close(),
      };
      this.#machinery = machinery;
      for (const { run } of this.#calls.splice(0)) run(machinery);
    } catch (error) {
      this.#loading = false;
      for (const { failed } of this.#calls.splice(0)) failed(error);
    }
  }
}
