/** `async_hooks` without tracking: what is run in a scope is run. */
import { missing } from "../errors.ts";

export class AsyncResource {
  readonly type: string;

  constructor(type = "AsyncResource") {
    this.type = type;
  }

  static bind<A extends unknown[], R>(
    run: (...args: A) => R,
    _type?: string,
    self?: unknown,
  ): (...args: A) => R {
    return (...args) => run.apply(self, args);
  }

  bind<A extends unknown[], R>(run: (...args: A) => R, self?: unknown): (...args: A) => R {
    return AsyncResource.bind(run, undefined, self);
  }

  runInAsyncScope<A extends unknown[], R>(run: (...args: A) => R, self?: unknown, ...args: A): R {
    return run.apply(self, args);
  }

  emitDestroy(): this {
    return this;
  }

  asyncId(): number {
    return 0;
  }

  triggerAsyncId(): number {
    return 0;
  }
}

/** A page can't follow a value through awaits: made, it throws. */
export class AsyncLocalStorage {
  constructor() {
    throw missing("async_hooks.AsyncLocalStorage");
  }
}

/** @throws NodeHttpError */
export function createHook(): never {
  throw missing("async_hooks.createHook()");
}
