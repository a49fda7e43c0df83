import { type ListenSpec, NetworkError } from "../../socket/index.ts";
import type { VirtualNetworkOptions } from "./options.ts";

/**
 * Where the names of a virtual network point. A network has the loopback addresses `127.0.0.1` and `::1`, and those
 * that its names were given. `0.0.0.0` is all of IPv4 and `::` is all, to listen on and, as on Linux, to connect to.
 */

const IPV4_LOOPBACK = "127.0.0.1";
const IPV6_LOOPBACK = "::1";
const IPV4_ALL = "0.0.0.0";
const ALL = "::";

export class Addresses {
  /** Addresses by name, each in the order to try. An address is a name of itself. */
  readonly #byName: ReadonlyMap<string, readonly string[]>;

  constructor(names: NonNullable<VirtualNetworkOptions["names"]> = []) {
    const given = Object.entries<string>(names).map(([key, value]): [name: string, address: string] =>
      Array.isArray(names) ? [value, IPV4_LOOPBACK] : [key, value],
    );
    const all = [IPV6_LOOPBACK, IPV4_LOOPBACK, ...given.map(([, address]) => address)];
    this.#byName = new Map<string, readonly string[]>([
      ["localhost", [IPV4_LOOPBACK, IPV6_LOOPBACK]],
      [ALL, all],
      [IPV4_ALL, all.filter(isIPv4)],
      ...all.map((address) => [address, [address]] as const),
      ...given.map(([name, address]) => [name.toLowerCase(), [address]] as const),
    ]);
  }

  /** The addresses to try for `host`, `undefined` when it is not of this network. */
  find(host: string): readonly string[] | undefined {
    return this.#byName.get(unbracketed(host));
  }

  /** @throws NetworkError `ENOTFOUND`, or `ENETUNREACH` for an address of another network. */
  resolve(host: string): readonly string[] {
    const found = this.find(host);
    if (found) return found;
    throw missing(host, "ENETUNREACH");
  }

  /** The address to bind, and those at which it is reached. @throws NetworkError `EADDRNOTAVAIL` or `ENOTFOUND`. */
  toBind({ address, family }: ListenSpec): { address: string; bound: readonly string[] } {
    const name = address || (family === "IPv4" ? IPV4_ALL : ALL);
    const found = this.find(name);
    const bound = found?.filter((each) => !family || (family === "IPv4") === isIPv4(each));
    if (!bound?.[0]) throw missing(found ? IPV4_ALL : name, "EADDRNOTAVAIL");
    return { address: name === ALL || name === IPV4_ALL ? name : bound[0], bound };
  }
}

function unbracketed(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, "");
}

function isIPv4(address: string): boolean {
  return !address.includes(":");
}

/** @param code what it means when the missing one is an address. */
function missing(host: string, code: string): NetworkError {
  return new NetworkError(/:|^[\d.]+$/.test(host) ? code : "ENOTFOUND", "no such name or address");
}
