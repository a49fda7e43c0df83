/** `diagnostics_channel` that nobody can subscribe to. */
import { missing } from "../errors.ts";

export function channel(name: string) {
  return { name, hasSubscribers: false, publish() {}, subscribe: refuse, unsubscribe: () => false };
}

export function tracingChannel(name: string) {
  const [start, end, asyncStart, asyncEnd, error] = ["start", "end", "asyncStart", "asyncEnd", "error"].map(
    (part) => channel(`tracing:${name}:${part}`),
  );
  return { start, end, asyncStart, asyncEnd, error, hasSubscribers: false, subscribe: refuse };
}

export function hasSubscribers(): boolean {
  return false;
}

/** @throws NodeHttpError */
function refuse(): never {
  throw missing("diagnostics_channel.subscribe()");
}

export { refuse as subscribe };
