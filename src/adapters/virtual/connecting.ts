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
    signal?.throwIfAborted(); // since the caller looked
    const giveUp = () => {
      settle();
      reject(signal?.aborted ? signal.reason : new NetworkError("ETIMEDOUT", "nobody answers"));
      callOff();
    };
    const settle = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    signal?.addEventListener("abort", giveUp);
    const timer = clock.setTimeout(giveUp, until - clock.now());
    const callOff = start((result) => {
      settle();
      resolve(result);
    });
  });
}

/** Lets `ms` milliseconds pass; `Infinity` is for ever. */
export function pass(patience: Patience, ms: number): Promise<void> {
  return patiently<void>(patience, (done) => {
    const timer = patience.clock.setTimeout(done, ms);
    return () => patience.clock.clearTimeout(timer);
  });
}
