import { NetworkError } from "../../socket/index.ts";
import { answersTo, type Binding, overlap } from "./addresses.ts";
import type { VirtualListener } from "./listener.ts";

/** The ports that RFC 6335 section 6 sets aside for whoever does not care which one it gets. */
const FIRST_EPHEMERAL = 49_152;
const LAST_EPHEMERAL = 65_535;
const EPHEMERALS = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;

/** Who listens where, and which ephemeral ports are taken. */
export class Ports {
  readonly #listeners = new Map<number, VirtualListener[]>();
  readonly #taken = new Set<number>();
  #last = LAST_EPHEMERAL;

  /**
   * A free ephemeral port, one that was released as late as can be, as a kernel does it.
   * @throws NetworkError `code` when none is free.
   */
  freeEphemeral(code: "EADDRNOTAVAIL" | "EADDRINUSE"): number {
    for (let tries = 0; tries < EPHEMERALS; tries++) {
      this.#last = this.#last === LAST_EPHEMERAL ? FIRST_EPHEMERAL : this.#last + 1;
      if (!this.#taken.has(this.#last) && !this.#listeners.has(this.#last)) return this.#last;
    }
    throw new NetworkError(code, `All ${EPHEMERALS} ephemeral ports are in use`);
  }

  /** An ephemeral port for a connection. @throws NetworkError `EADDRNOTAVAIL`. */
  takeEphemeral(): number {
    const port = this.freeEphemeral("EADDRNOTAVAIL");
    this.#taken.add(port);
    return port;
  }

  releaseEphemeral(port: number): void {
    this.#taken.delete(port);
  }

  /** @throws NetworkError `EADDRINUSE`. */
  assertFree(port: number, binding: Binding, reusePort: boolean): void {
    const inTheWay = this.#listeners
      .get(port)
      ?.some((other) => overlap(binding, other.binding) && !(reusePort && other.reusePort));
    if (inTheWay || this.#taken.has(port)) throw new NetworkError("EADDRINUSE", `Port ${port} is in use`);
  }

  add(listener: VirtualListener): void {
    const { port } = listener.address;
    const listeners = this.#listeners.get(port);
    if (listeners) listeners.push(listener);
    else this.#listeners.set(port, [listener]);
  }

  remove(listener: VirtualListener): void {
    const { port } = listener.address;
    const rest = this.#listeners.get(port)?.filter((each) => each !== listener) ?? [];
    if (rest.length > 0) this.#listeners.set(port, rest);
    else this.#listeners.delete(port);
  }

  /** Who answers at the first of `addresses` at which somebody does; those that share a port take turns. */
  find(
    addresses: readonly string[],
    port: number,
  ): { listener: VirtualListener; address: string } | undefined {
    const listeners = this.#listeners.get(port);
    if (!listeners) return undefined;
    for (const address of addresses) {
      const at = listeners.findIndex(({ binding }) => answersTo(binding, address));
      const listener = listeners[at];
      if (!listener) continue;
      if (listeners.length > 1) listeners.push(...listeners.splice(at, 1));
      return { listener, address };
    }
    return undefined;
  }
}
