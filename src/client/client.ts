import type { Network } from "../socket/index.ts";
import { connectable } from "../socket/network.ts";
import { ClientError, fetchFailed } from "./errors.ts";
import { type ClientConfig, type FetchOptions, resolveOptions } from "./options.ts";
import { Pool } from "./pool.ts";

/** What all requests of one `fetch` function share: its options, and the connections by origin. */
export class Client {
  readonly config: ClientConfig;
  readonly #networks: { readonly [protocol: string]: Network | undefined };
  readonly #pools = new Map<string, Pool>();
  #closed = false;

  constructor(network: Network, options: FetchOptions) {
    this.config = resolveOptions(options);
    this.#networks = {
      "http:": connectable(network),
      "https:": options.secureNetwork && connectable(options.secureNetwork),
    };
  }

  /** @throws TypeError once it takes no more requests */
  checkOpen(): void {
    if (this.#closed) throw fetchFailed(new ClientError("ClientClosed"));
  }

  /** The connections to a URL's origin. @throws ClientError `UnsupportedScheme` */
  poolFor({ origin, protocol, hostname, port }: URL): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      const network = this.#networks[protocol];
      if (network === undefined) {
        throw new ClientError("UnsupportedScheme", "wanted http:, or https: and the option secureNetwork");
      }
      const address = {
        host: hostname.replace(/^\[|\]$/g, ""),
        port: Number(port || (protocol === "https:" ? 443 : 80)),
      };
      pool = new Pool(network, address, this.config, () => this.#pools.delete(origin));
      this.#pools.set(origin, pool);
    }
    return pool;
  }

  close(): void {
    this.#closed = true;
    this.config.keepAliveMs = 0; // of what is under way no connection is to idle
    for (const pool of this.#pools.values()) pool.close();
  }
}
