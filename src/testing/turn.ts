/** Looked up once, before fake timers of a test put theirs there: what waits here waits for the real loop. */
const { setTimeout } = globalThis;

/**
 * Lets everything run that is ready: the microtasks, then what the event loop has queued, input and output
 * included. Much quicker than a timer, which browsers hold back to 4 ms.
 *
 * @example
 * ```ts
 * import { turn } from "portico/testing";
 *
 * let ran = false;
 * queueMicrotask(() => {
 *   ran = true;
 * });
 * await turn();
 * ran; // true
 * ```
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close(); // an open port would keep a Node process alive
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/**
 * Several turns: a message between two ends of an in-process connection needs more than one.
 *
 * @example
 * ```ts
 * import { turns } from "portico/testing";
 *
 * const { port1, port2 } = new MessageChannel();
 * let received = "";
 * port1.onmessage = ({ data }) => {
 *   received = data;
 * };
 * port2.postMessage("Hello");
 * await turns(4);
 * received; // "Hello"
 * port1.close();
 * ```
 */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/**
 * Lets everything come to rest that needs no waiting: several turns, and every timer of the platform that is due.
 *
 * @example
 * ```ts
 * import { settled } from "portico/testing";
 *
 * let ran = false;
 * setTimeout(() => {
 *   ran = true;
 * }, 0);
 * await settled();
 * ran; // true
 * ```
 */
export async function settled(): Promise<void> {
  await turns(4);
  await new Promise((resolve) => setTimeout(resolve, 0));
  await turns(4);
}
