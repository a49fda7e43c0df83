/**
 * Web Locks as what they are here: a way to learn that another context is gone. A `MessagePort` says nothing
 * when its other end dies; a lock that the other end held is granted at that moment.
 */

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<T>(
    name: string,
    options: { mode?: "exclusive" | "shared"; ifAvailable?: boolean; signal?: AbortSignal },
    callback: (lock: unknown) => T | PromiseLike<T>,
  ): Promise<T>;
}

/** Holds a lock until the context dies. Resolves when it is held, to what gives it back. */
export function hold(locks: Locks, name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { mode: "exclusive" }, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** Whether somebody holds it now. */
export function isHeld(locks: Locks, name: string): Promise<boolean> {
  return locks.request(name, { mode: "shared", ifAvailable: true }, (lock) => lock === null);
}

/** Calls back when nobody holds it any more. @returns what ends the watch */
export function whenReleased(locks: Locks, name: string, callback: () => void): () => void {
  const watch = new AbortController();
  locks.request(name, { mode: "shared", signal: watch.signal }, callback).catch(() => {
    // Only the watch's own end rejects.
  });
  return () => watch.abort();
}
