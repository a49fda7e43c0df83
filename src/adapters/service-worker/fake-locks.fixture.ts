import type { Locks } from "./locks.ts";

/** Web Locks in memory: exclusive and shared, in order. */
export class FakeLocks implements Locks {
  /** Whoever asks what is held waits for this first, as for another process. */
  answers: Promise<void> = Promise.resolve();
  readonly #held = new Set<string>();
  readonly #waiting: { name: string; grant: () => void }[] = [];

  async request<T>(
    name: string,
    options: { mode?: "exclusive" | "shared"; ifAvailable?: boolean; signal?: AbortSignal },
    callback: (lock: unknown) => T | PromiseLike<T>,
  ): Promise<T> {
    if (options.ifAvailable) await this.answers;
    if (this.#held.has(name)) {
      if (options.ifAvailable) return callback(null);
      await new Promise<void>((grant, reject) => {
        this.#waiting.push({ name, grant });
        options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
      });
    }
    if (options.mode === "exclusive") this.#held.add(name);
    try {
      return await callback({ name });
    } finally {
      this.release(name);
    }
  }

  /** Its holder has died, and who waits was not told yet. */
  die(name: string): void {
    this.#held.delete(name);
  }

  /** As when its holder dies. */
  release(name: string): void {
    this.#held.delete(name);
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.name === name) waiting.grant();
      else this.#waiting.push(waiting);
    }
  }
}
