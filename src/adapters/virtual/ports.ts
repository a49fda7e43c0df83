import { NetworkError } from "../../socket/index.ts";
import { answersTo, type Binding } from "./addresses.ts";
import type { VirtualListener } from "./listener.ts";

/** The ports that RFC 6335 section 6 sets aside for whoever does not care which one it gets. */
const FIRST_EPHEMERAL = 49_152;
const EPHEMERALS = 16_384;

/** Who listens where, and which ephemeral ports are taken. */
export class Ports {
  readonly #listeners = new Map<number, readonly VirtualListener[]>();
  readonly #taken = new Set<number>();
  #last = -1;

  /**
   * A free ephemeral port, one that was released as late as can be, as a kernel does it.
   * @throws NetworkError `code` when none is free.
   */
  freeEphemeral(code: "EADDRNOTAVAIL" | "EADDRINUSE"): number {
    for (let tries = 0; tries < EPHEMERALS; tries++) {
      this.#last = (this.#last + 1) % EPHEMERALS;
      const port = FIRST_EPHEMERAL + this.#last;
      if (!this.#taken.has(port) && !this.#listeners.has(port)) return port;
    }
    throw new NetworkError(code, "every port is in use");
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
    const inTheWay = this.#at(port).some(
      (other) =>
        (answersTo(binding, other.binding) || answersTo(other.binding, binding)) &&
        !(reusePort && other.reusePort),
    );
    if (inTheWay || this.#taken.has(port)) throw new NetworkError("EADDRINUSE", `port ${port} is in use`);
  }

  add(listener: VirtualListener): void {
    const { port } = listener.address;
    this.#listeners.set(port, [...this.#at(port), listener]);
  }

  remove(listener: VirtualListener): void {
    const { port } = listener.address;
    const rest = this.#at(port).filter((each) => each !== listener);
    if (rest.length > 0) this.#listeners.set(port, rest);
    else this.#listeners.delete(port);
  }

  /** Who answers at the first of `addresses` at which somebody does; those that share a port take turns. */
  find(
    addresses: readonly string[],
    port: number,
  ): { listener: VirtualListener; address: string } | undefined {
    for (const address of addresses) {
      const listener = this.#at(port).find(({ binding }) => answersTo(binding, address));
      if (!listener) continue;
      this.remove(listener);
      this.add(listener); // to the end of the line
      return { listener, address };
    }
    return undefined;
  }

  #at(port: number): readonly VirtualListener[] {
    return this.#listeners.get(port) ?? [];
  }
}
