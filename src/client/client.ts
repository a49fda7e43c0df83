import type { Network } from "../socket/index.ts";
import { acceptEncoding } from "./decoding.ts";
import { ClientError } from "./errors.ts";
import { type ClientConfig, type FetchOptions, resolveOptions } from "./options.ts";
import { Pool } from "./pool.ts";
import type { HeadDefaults } from "./request-writer.ts";
import { Sweep } from "./sweep.ts";

/** What all requests of one `fetch` function share: its options, and the connections by origin. */
export class Client {
  readonly config: ClientConfig;
  readonly headDefaults: HeadDefaults;
  readonly #network: Network;
  readonly #secureNetwork: Network | undefined;
  readonly #pools = new Map<string, Pool>();
  readonly #sweep: Sweep;
  #closed = false;

  constructor(network: Network, options: FetchOptions) {
    this.config = resolveOptions(options);
    this.#network = network;
    this.#secureNetwork = options.secureNetwork;
    this.#sweep = new Sweep(this.config.clock);
    this.headDefaults = {
      userAgent: this.config.userAgent,
      acceptEncoding: acceptEncoding(),
      close: this.config.keepAliveMs === 0,
    };
  }

  /** Whether it takes no more requests. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The connections to a URL's origin. @throws ClientError `UnsupportedScheme` */
  poolFor(url: URL): Pool {
    const { host, protocol } = url;
    const key = protocol === "http:" ? host : protocol + host;
    return this.#pools.get(key) ?? this.#newPool(key, url);
  }

  close(): void {
    this.#closed = true;
    for (const pool of this.#pools.values()) pool.close();
  }

  #newPool(key: string, { protocol, hostname, port }: URL): Pool {
    const secure = protocol === "https:";
    const network = secure ? this.#secureNetwork : this.#network;
    if (!network || (protocol !== "http:" && !secure)) {
      throw new ClientError(
        "UnsupportedScheme",
        secure ? "https: needs TLS, the option secureNetwork" : "wanted an http: URL",
      );
    }
    const address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (secure ? 443 : 80)) };
    const pool = new Pool(network, address, this.config, this.#sweep, () => this.#pools.delete(key));
    this.#pools.set(key, pool);
    return pool;
  }
}
