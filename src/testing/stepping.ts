import { settled, turns } from "./turn.ts";

/** What is over when the event loop has turned, as far as it needs no wait. */
const OVER_SOON = new Set(["PROMISE", "Microtask", "TickObject", "Immediate"]);
/** Turns without a task of somebody else's, after which it is. */
const TURNS = 8;
/** Who makes a task of every task, as one that polls does, comes to no rest. */
const MOST_TURNS = 200;
/** Steps that wait in any case: for what other threads do (files, compression, workers), where nothing tells of it. */
const PATIENT_STEPS = 100;

interface AsyncHooks {
  createHook(callbacks: { init(id: number, type: string): void }): { enable(): unknown; disable(): unknown };
}

// Looked up once: a test's fake timers must not hold them.
const { setTimeout, clearTimeout } = globalThis;
const { setImmediate, process } = globalThis as {
  setImmediate?: (callback: () => void) => unknown;
  process?: { getBuiltinModule?(name: string): AsyncHooks | undefined };
};

/**
 * The steps of a clock that is advanced: each lets come to rest what it set in motion.
 *
 * Strategy: a timer of the platform takes a millisecond, an hour of slow network is ten thousand steps, and waiting for
 * one with each would take a quarter of a minute. So the first steps wait, and of the others those in which somebody set
 * a timer or asked the system for something. Node has a hook that tells of it; elsewhere every step waits.
 */
export class Stepping {
  readonly #hook: ReturnType<AsyncHooks["createHook"]> | undefined;
  #patience = PATIENT_STEPS;
  /** What the hook told of. */
  #begun = 0;
  #immediates = 0;

  constructor() {
    if (!setImmediate) return;
    this.#hook = process?.getBuiltinModule?.("node:async_hooks")?.createHook({
      init: (_id, type) => {
        if (type === "Immediate") this.#immediates++;
        else if (!OVER_SOON.has(type)) this.#begun++;
      },
    });
    this.#hook?.enable();
    clearTimeout(setTimeout(() => {}, 0));
    if (this.#begun === 0) this.#patience = Infinity; // Bun's tells of nothing
  }

  /** Whether a step did without waiting. */
  get hurried(): boolean {
    return this.#patience < 0;
  }

  async step(): Promise<void> {
    await (setImmediate ? this.#rest() : turns(TURNS));
    if (!this.#hook || --this.#patience >= 0) return settled();
    if (this.#begun === 0) return;
    this.#begun = -1; // our timer; what others begin meanwhile is the next step's to wait for
    await new Promise((resolve) => setTimeout(resolve, 0));
    await this.#rest();
  }

  stop(): void {
    this.#hook?.disable();
  }

  async #rest(): Promise<void> {
    for (let left = TURNS, most = MOST_TURNS; left > 0 && most > 0; left--, most--) {
      const before = this.#immediates;
      await new Promise<void>((resolve) => void setImmediate?.(resolve));
      if (this.#immediates > before + 1) left = TURNS;
    }
  }
}
