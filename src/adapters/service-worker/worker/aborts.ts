/** Fetches that have no answer yet and whose window will say so when it aborts them, by their marks. */
export class Aborts {
  readonly #waiting = new Map<string, AbortController>();

  /** Follows a fetch. @returns aborted with it, and what ends the wait */
  follow(mark: string | null): { readonly signal: AbortSignal; readonly end: () => void } {
    const given = new AbortController();
    if (mark !== null) this.#waiting.set(mark, given);
    return {
      signal: given.signal,
      end: () => {
        if (mark !== null) this.#waiting.delete(mark);
      },
    };
  }

  /** A window aborted it. */
  told(mark: string): void {
    this.#waiting.get(mark)?.abort();
  }
}
