import { type Clock, NetworkError } from "../../socket/index.ts";

/** What ends a wait early: the caller's signal, or time. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Time of the clock at which the wait fails with `ETIMEDOUT`; `Infinity` for never. */
  readonly until: number;
}

/**
 * Waits for `start` to call `done`. Aborting the signal rejects with its reason, and the end of patience
 * with `ETIMEDOUT`; either way what `start` returned is called, to call off what it began.
 */
export function patiently<T>(
  { clock, signal, until }: Patience,
  start: (done: (result: T) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let done = false;
    let timer: unknown;
    const settle = () => {
      done = true;
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    const giveUp = () => {
      settle();
      reject(signal?.aborted ? signal.reason : new NetworkError("ETIMEDOUT", "no answer in time"));
      callOff();
    };
    const callOff = start((result) => {
      settle();
      resolve(result);
    });
    if (done) return;
    signal?.addEventListener("abort", giveUp);
    const left = until - clock.now();
    if (left < Infinity) timer = clock.setTimeout(giveUp, Math.max(0, left));
  });
}

/** Lets `ms` milliseconds pass; `Infinity` is for ever. */
export function pass(patience: Patience, ms: number): Promise<void> {
  return patiently<void>(patience, (done) => {
    const timer = ms < Infinity ? patience.clock.setTimeout(done, ms) : undefined;
    return () => patience.clock.clearTimeout(timer);
  });
}
