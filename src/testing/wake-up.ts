/** Looked up once, before fake timers of a test put theirs there: a wait that fails does so in real time. */
const { clearTimeout, setTimeout } = globalThis;

/**
 * Thrown when what a test waits for did not happen in time or can't happen any more.
 *
 * @example
 * ```ts
 * import { VirtualNetwork } from "portico";
 * import { WireClient } from "portico/testing";
 *
 * const network = new VirtualNetwork();
 * await network.listen({ port: 8080 }); // nobody accepts
 * const client = await WireClient.connect(network, { host: "localhost", port: 8080 });
 * await client.read("HTTP/1.1", { withinMs: 10 }); // throws WaitFailed
 * ```
 */
export class WaitFailed extends Error {
  override readonly name: string = "WaitFailed";
}

/** Waits for a condition that is looked at whenever something happened, and never for ever. */
export class WakeUp {
  readonly #looks = new Set<() => void>();

  /** Something happened: every waiting condition is looked at. */
  poke(): void {
    for (const look of [...this.#looks]) look();
  }

  /**
   * @param check the result, or `undefined` for "not yet"; throwing ends the wait.
   * @param state what to say of the present state when the time is over.
   */
  until<T>(check: () => T | undefined, withinMs: number, state: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        then();
      };
      const look = () => {
        try {
          const result = check();
          if (result !== undefined) settle(() => resolve(result));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(
        () => settle(() => reject(new WaitFailed(`Not within ${withinMs} ms: ${state()}`))),
        withinMs,
      );
      this.#looks.add(look);
      look();
    });
  }
}
