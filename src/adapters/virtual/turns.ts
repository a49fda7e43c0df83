/**
 * When sockets deliver their events. A socket with something to say asks for a turn, and gets it in the
 * next microtask, together with every other socket that asked meanwhile: no timer, no promise.
 *
 * Two peers that answer each other for ever would keep the event loop in microtasks for ever: no paint, no
 * timer, no input. So every 32 rounds the time is looked at, and when 8 ms (half a frame) have gone since
 * the last look the next round waits for a task of its own. A look after an idle time costs one task too
 * many, some microseconds. Where the time stands still (a test's fake `performance`) every 4096th
 * round waits.
 */
export interface Turn {
  /** Everything that is due. Not called from inside a call to the socket. */
  run(): void;
}

const ROUNDS_BETWEEN_LOOKS = 32;
const ROUNDS_AT_MOST = 4096;
const MILLISECONDS_AT_MOST = 8;

/** The platform's task queue without a clock. Looked up once: fake timers of a test must not hold it. */
const setImmediateOnNode = (globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate;

function macrotasks(run: () => void): () => void {
  if (setImmediateOnNode) return () => setImmediateOnNode(run);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = run;
  return () => port2.postMessage(null);
}

class Turns {
  #asked: Turn[] = [];
  #spare: Turn[] = [];
  #scheduled = false;
  #rounds = 0;
  #since = 0;
  #macrotask: (() => void) | undefined;

  /** Runs `turn` soon. Asking twice is two runs: the caller keeps count. */
  ask(turn: Turn): void {
    this.#asked.push(turn);
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#mayGoOn()) queueMicrotask(this.#round);
    else {
      this.#macrotask ??= macrotasks(this.#round);
      this.#macrotask();
    }
  }

  /** A task of its own has just begun: the count starts again. */
  rested(): void {
    this.#rounds = 0;
  }

  #mayGoOn(): boolean {
    this.#rounds++;
    if (this.#rounds === 1) this.#since = performance.now();
    if (this.#rounds % ROUNDS_BETWEEN_LOOKS !== 0) return true;
    if (this.#rounds < ROUNDS_AT_MOST && performance.now() - this.#since < MILLISECONDS_AT_MOST) return true;
    this.#rounds = 0;
    return false;
  }

  #round = (): void => {
    const turns = this.#asked;
    this.#asked = this.#spare;
    this.#spare = turns;
    this.#scheduled = false;
    for (const turn of turns) turn.run();
    turns.length = 0;
  };
}

/** One for the whole realm, so that networks take turns with each other too. */
export const turns = new Turns();

/** A consumer's handler threw: that is nobody's error but the program's, and no other socket's trouble. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
