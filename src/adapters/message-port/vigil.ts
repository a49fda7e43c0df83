import { LOCK_PREFIX } from "./protocol.ts";

/**
 * Notices at once when a side of a port dies, where its ports have no `close` event: each side holds a Web Lock, which the
 * browser takes from a worker that was terminated, a service worker that it stopped and a page that was
 * closed; the other side waits for it. Where there are no locks (Node, insecure and opaque origins), or each
 * side has its own (another origin, another storage partition), the pings alone have to do.
 */
export class Vigil {
  readonly #over = new AbortController();

  /** @param held told the name of this side's lock, for the other side to `watch`. */
  constructor(held: (name: string) => void) {
    const locks = lockManager();
    if (!locks) return;
    const name = LOCK_PREFIX + crypto.randomUUID();
    const { signal } = this.#over;
    const hold = () => {
      held(name);
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    };
    locks.request(name, { signal }, hold).catch(nothingToDo);
  }

  /** Calls `gone` when nobody holds the lock any more. */
  watch(name: string, gone: () => void): void {
    const locks = lockManager();
    if (!locks || this.#over.signal.aborted) return;
    this.#watch(locks, name).then((died) => {
      if (died) gone();
    }, nothingToDo);
  }

  /** Releases the lock and watches no longer. */
  end(): void {
    this.#over.abort();
  }

  async #watch(manager: LockManager, name: string): Promise<boolean> {
    const { held = [] } = await manager.query();
    // A lock that is not to be seen is another origin's: it could be had, and would prove nothing.
    if (!held.some((lock) => lock.name === name)) return false;
    return manager.request(name, { signal: this.#over.signal }, () => true);
  }
}

/** Absent on Node, and on pages that are not secure. */
function lockManager(): LockManager | undefined {
  return globalThis.navigator?.locks;
}

/** Aborted, or refused to this origin. */
function nothingToDo(): void {}
