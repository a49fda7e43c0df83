import { type ListenSpec, NetworkError } from "../../socket/index.ts";

/**
 * Where the names of a virtual network point. A network has the loopback addresses `127.0.0.1` and `::1`, and those
 * that its names were given. `0.0.0.0` and `::` are all of them, to listen on and, as on Linux, to connect to.
 */

const IPV4_LOOPBACK = "127.0.0.1";
const IPV6_LOOPBACK = "::1";

export class Addresses {
  /** Addresses by name, each in the order to try. */
  readonly #names = new Map<string, readonly string[]>();
  readonly #own = new Set([IPV4_LOOPBACK, IPV6_LOOPBACK]);

  constructor(names: readonly string[] | Readonly<Record<string, string>> = []) {
    this.#names.set("localhost", [IPV4_LOOPBACK, IPV6_LOOPBACK]);
    const entries = Array.isArray(names)
      ? names.map((name): [string, string] => [name, IPV4_LOOPBACK])
      : Object.entries(names);
    for (const [name, address] of entries) {
      this.#names.set(name.toLowerCase(), [address]);
      this.#own.add(address);
    }
  }

  /** The addresses to try for `host`, `undefined` when it is not of this network. */
  find(host: string): readonly string[] | undefined {
    const name = unbracketed(host);
    if (name === "0.0.0.0") return [IPV4_LOOPBACK];
    if (name === "::") return [IPV6_LOOPBACK, IPV4_LOOPBACK];
    return this.#names.get(name) ?? (this.#own.has(name) ? [name] : undefined);
  }

  /** @throws NetworkError `ENOTFOUND`, or `ENETUNREACH` for an address of another network. */
  resolve(host: string): readonly string[] {
    const found = this.find(host);
    if (found) return found;
    if (isAddress(unbracketed(host))) {
      throw new NetworkError("ENETUNREACH", "The virtual network has no such address");
    }
    throw new NetworkError("ENOTFOUND", "The virtual network has no such name");
  }

  /** The address to bind. @throws NetworkError `EADDRNOTAVAIL` or `ENOTFOUND`. */
  toBind({ address, family }: ListenSpec): string {
    if (address === undefined || address === "") return family === "IPv4" ? "0.0.0.0" : "::";
    const name = unbracketed(address);
    if (name === "0.0.0.0" || name === "::") return name;
    const named = this.#names.get(name);
    const candidates = named ?? (this.#own.has(name) ? [name] : []);
    const found = candidates.find((each) => family === undefined || family === familyOf(each));
    if (found !== undefined) return found;
    if (named || this.#own.has(name) || isAddress(name)) {
      throw new NetworkError("EADDRNOTAVAIL", "The address to listen on is not one of the virtual network's");
    }
    throw new NetworkError("ENOTFOUND", "The virtual network has no such name to listen on");
  }
}

/** What a listener answers to: one address, every IPv4 or IPv6 one, or (`*`) all. */
export type Binding = string;

/** @param family as the caller of `listen` gave it. */
export function bindingOf(address: string, family: "IPv4" | "IPv6" | undefined): Binding {
  return address === "::" && family !== "IPv6" ? "*" : address;
}

export function answersTo(binding: Binding, address: string): boolean {
  if (binding === "*" || binding === address) return true;
  return binding === (familyOf(address) === "IPv6" ? "::" : "0.0.0.0");
}

/** Whether two listeners of one port would get in each other's way. */
export function overlap(one: Binding, other: Binding): boolean {
  return answersTo(one, other) || answersTo(other, one) || one === "*" || other === "*";
}

function unbracketed(host: string): string {
  const name = host.toLowerCase();
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

function familyOf(address: string): "IPv4" | "IPv6" {
  return address.includes(":") ? "IPv6" : "IPv4";
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);
}
