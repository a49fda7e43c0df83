import { type ListenSpec, NetworkError } from "../../socket/index.ts";
import type { VirtualNetworkOptions } from "./options.ts";

/**
 * Where the names of a virtual network point. A network has the loopback addresses `127.0.0.1` and `::1`, and those
 * that its names were given. `0.0.0.0` is all of IPv4 and `::` is all, to listen on and, as on Linux, to connect to.
 */

const IPV4_LOOPBACK = "127.0.0.1";
export const IPV4_ALL = "0.0.0.0";
export const ALL = "::";

export class Addresses {
  /** Names and the address that each has, the loopback's first. */
  readonly #known: readonly (readonly [name: string, address: string])[];

  constructor(names: NonNullable<VirtualNetworkOptions["names"]> = []) {
    this.#known = [
      ["localhost", IPV4_LOOPBACK],
      ["localhost", "::1"],
      ...Object.entries<string>(names).map(([key, value]) =>
        Array.isArray(names)
          ? ([value.toLowerCase(), IPV4_LOOPBACK] as const)
          : ([key.toLowerCase(), value] as const),
      ),
    ];
  }

  /** The addresses to try for a name or an address, in this order; none when it is not of this network. */
  find(host: string, family?: ListenSpec["family"]): readonly string[] {
    const wanted = host.toLowerCase().replace(/^\[|\]$/g, "");
    return this.#known.flatMap(([name, address]) => {
      const isIPv4 = !address.includes(":");
      if (family && isIPv4 !== (family === "IPv4")) return [];
      return [name, address, ALL, isIPv4 && IPV4_ALL].includes(wanted) ? address : [];
    });
  }

  /** @throws NetworkError `ENOTFOUND`, or `code` for an address that there is not. */
  resolve(host: string, code: string, family?: ListenSpec["family"]): readonly string[] {
    const found = this.find(host, family);
    if (found[0]) return found;
    throw new NetworkError(/:|^[\d.]+$/.test(host) ? code : "ENOTFOUND", "no such name or address");
  }
}
