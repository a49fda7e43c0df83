import { type ListenSpec, NetworkError } from "../../socket/index.ts";

/**
 * Where the names of a virtual network point. A network has the loopback addresses `127.0.0.1` and `::1`, and those
 * that its names were given. `0.0.0.0` and `::` are all of them, to listen on and, as on Linux, to connect to.
 */

const IPV4_LOOPBACK = "127.0.0.1";
const IPV6_LOOPBACK = "::1";
const IPV4_ALL = "0.0.0.0";
const IPV6_ALL = "::";

export class Addresses {
  /** Addresses by name, each in the order to try. An address is a name of itself. */
  readonly #byName = new Map<string, readonly string[]>([
    ["localhost", [IPV4_LOOPBACK, IPV6_LOOPBACK]],
    [IPV4_LOOPBACK, [IPV4_LOOPBACK]],
    [IPV6_LOOPBACK, [IPV6_LOOPBACK]],
    [IPV4_ALL, [IPV4_LOOPBACK]],
    [IPV6_ALL, [IPV6_LOOPBACK, IPV4_LOOPBACK]],
  ]);

  constructor(names: readonly string[] | Readonly<Record<string, string>> = []) {
    for (const [key, value] of Object.entries(names)) {
      const [name, address] = Array.isArray(names) ? [value, IPV4_LOOPBACK] : [key, value];
      this.#byName.set(address, [address]);
      this.#byName.set(name.toLowerCase(), [address]);
    }
  }

  /** The addresses to try for `host`, `undefined` when it is not of this network. */
  find(host: string): readonly string[] | undefined {
    return this.#byName.get(unbracketed(host));
  }

  /** @throws NetworkError `ENOTFOUND`, or `ENETUNREACH` for an address of another network. */
  resolve(host: string): readonly string[] {
    const found = this.find(host);
    if (found) return found;
    throw missing(isAddress(host) && "ENETUNREACH");
  }

  /** The address to bind. @throws NetworkError `EADDRNOTAVAIL` or `ENOTFOUND`. */
  toBind({ address, family }: ListenSpec): string {
    const name = unbracketed(address || (family === "IPv4" ? IPV4_ALL : IPV6_ALL));
    if (name === IPV4_ALL || name === IPV6_ALL) return name;
    const own = this.find(name);
    const found = own?.find((each) => !family || family === familyOf(each));
    if (found) return found;
    throw missing((own || isAddress(name)) && "EADDRNOTAVAIL");
  }
}

/** What a listener answers to: one address, every IPv4 or IPv6 one, or (`*`) all. */
export type Binding = string;

/** @param family as the caller of `listen` gave it. */
export function bindingOf(address: string, family: "IPv4" | "IPv6" | undefined): Binding {
  return address === IPV6_ALL && family !== "IPv6" ? "*" : address;
}

export function answersTo(binding: Binding, address: string): boolean {
  return ["*", address, familyOf(address) === "IPv6" ? IPV6_ALL : IPV4_ALL].includes(binding);
}

function unbracketed(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
}

function familyOf(address: string): "IPv4" | "IPv6" {
  return address.includes(":") ? "IPv6" : "IPv4";
}

function isAddress(name: string): boolean {
  return /:|^\d+(\.\d+){3}$/.test(name);
}

/** @param code what it means when the missing one is an address. */
function missing(code: string | false): NetworkError {
  return new NetworkError(code || "ENOTFOUND", `no such ${code ? "address" : "name"}`);
}
