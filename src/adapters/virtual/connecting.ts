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
    const left = until - clock.now();
    const timer = left < Number.POSITIVE_INFINITY ? clock.setTimeout(expire, Math.max(0, left)) : undefined;
    signal?.addEventListener("abort", abort);
    const callOff = start((result) => {
      forget();
      resolve(result);
    });

    function forget(): void {
      if (timer !== undefined) clock.clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
    function expire(): void {
      forget();
      reject(new NetworkError("ETIMEDOUT", "The connection was not answered in time"));
      callOff();
    }
    function abort(): void {
      forget();
      reject(signal?.reason);
      callOff();
    }
  });
}

/** Lets `ms` milliseconds pass. */
export function pass(patience: Patience, ms: number): Promise<void> {
  return patiently<void>(patience, (done) => {
    const timer = patience.clock.setTimeout(done, ms);
    return () => patience.clock.clearTimeout(timer);
  });
}

/** Never answered. */
export function silence(patience: Patience): Promise<never> {
  return patiently<never>(patience, () => () => {});
}
