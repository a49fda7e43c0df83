/** Time as a port: whatever waits takes a clock, so that a test can hold it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls back once, after at least `ms` milliseconds. The handle is opaque. */
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** Platforms take what is longer for no time at all: 24 days are as good as `Infinity`. */
const LONGEST_MS = 2 ** 31 - 1;

/** The platform's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, Math.min(ms, LONGEST_MS)),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};

/**
 * The platform's microtasks. Looked up once: fake timers of a test, which put a queue of their own there, must not hold
 * connections back. What waits for a time asks a `Clock`, and that they may move.
 */
export const soon: (task: () => void) => void = queueMicrotask;
