import { hold, isHeld, type Locks, whenReleased } from "../locks.ts";
import type { Hello, Seek, Waits, Welcome } from "../protocol.ts";
import type { Routes } from "../routes.ts";
import { newSessionId, sessionKey, sessionLock, workerLock } from "../session.ts";
import { Problem } from "./problem.ts";
import { WorkerLink } from "./worker-link.ts";
import type { WorkerScope } from "./worker-scope.ts";

interface Search {
  readonly found: Promise<WorkerLink>;
  resolve(link: WorkerLink): void;
  reject(problem: Problem): void;
}

/**
 * Finds the page that has a session. What is known here is a cache: a worker that was just started knows
 * nothing, asks all pages of the origin, and the owner answers with a link.
 */
export class Sessions {
  readonly #scope: WorkerScope;
  readonly #routes: Routes;
  readonly #waits: Waits;
  readonly #version: number;
  readonly #locks: Locks;
  readonly #links = new Map<string, WorkerLink>();
  readonly #searches = new Map<string, Search>();
  /** This run of the worker. Pages see its lock, so it has to be held before they hear the name. */
  readonly #instance = newSessionId();
  readonly #held: Promise<unknown>;

  constructor(scope: WorkerScope, routes: Routes, waits: Waits, version: number) {
    this.#scope = scope;
    this.#routes = routes;
    this.#waits = waits;
    this.#version = version;
    this.#locks = scope.navigator.locks;
    this.#held = hold(this.#locks, workerLock(this.#instance));
  }

  /** The link to a session's page: at once when it is known. @throws Problem */
  find(session: string): WorkerLink | Promise<WorkerLink> {
    return this.#links.get(session) ?? this.#search(session);
  }

  /** A page says that it has a session. */
  async welcome({ session, version }: Hello, port: MessagePort): Promise<void> {
    await this.#held;
    const welcome: Welcome = { portico: "welcome", version: this.#version, instance: this.#instance };
    port.postMessage(welcome);
    if (version !== this.#version) {
      this.#searches.get(session)?.reject(new Problem("PageOutdated"));
      return;
    }
    const lock = sessionLock(await sessionKey(session));
    const link = new WorkerLink(port, () => {
      unwatch();
      if (this.#links.get(session) === link) this.#links.delete(session);
    });
    const unwatch = whenReleased(this.#locks, lock, () => link.close());
    this.#links.set(session, link);
    this.#searches.get(session)?.resolve(link);
  }

  #search(session: string): Promise<WorkerLink> {
    const running = this.#searches.get(session);
    if (running !== undefined) return running.found;
    let settle!: Pick<Search, "resolve" | "reject">;
    const found = new Promise<WorkerLink>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const search: Search = { found, ...settle };
    this.#searches.set(session, search);
    const timer = setTimeout(() => search.reject(new Problem("SessionSilent")), this.#waits.seekMs);
    const stop = this.#seek(session, search);
    const over = () => {
      clearTimeout(timer);
      this.#searches.delete(session);
      void stop.then((unwatch) => unwatch?.());
    };
    found.then(over, over);
    return found;
  }

  /** Asks every page that is no preview. @returns what ends the watch over the owner */
  async #seek(session: string, search: Search): Promise<(() => void) | undefined> {
    try {
      const key = await sessionKey(session);
      if (!(await isHeld(this.#locks, sessionLock(key)))) {
        search.reject(new Problem("SessionGone"));
        return undefined;
      }
      const clients = await this.#scope.clients.matchAll({ type: "window", includeUncontrolled: true });
      const seek: Seek = { portico: "seek", version: this.#version, instance: this.#instance, key };
      for (const client of clients) {
        if (this.#routes.parse(client.url) === undefined) client.postMessage(seek);
      }
      return whenReleased(this.#locks, sessionLock(key), () => search.reject(new Problem("SessionGone")));
    } catch {
      search.reject(new Problem("SessionSilent"));
      return undefined;
    }
  }
}
