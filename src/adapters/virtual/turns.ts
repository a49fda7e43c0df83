import { soon } from "../../socket/clock.ts";

/**
 * When sockets deliver their events. A socket with something to say asks for a turn, and gets it in the
 * next microtask, together with every other socket that asked meanwhile: no timer, no promise.
 *
 * Two peers that answer each other for ever would keep the event loop in microtasks for ever: no paint, no
 * timer, no input. So one round in so many waits for a task of its own, which costs some microseconds. One count for
 * the whole realm, so that networks take turns with each other too.
 */
export interface Turn {
  /** Does what is due. Not called from inside a call to the socket. */
  run(): void;
}

/** A round takes some microseconds to some hundred. */
const ROUNDS_A_TASK = 128;

/** The platform's task queue without a clock. Looked up once: fake timers of a test must not hold it. */
const setImmediateOnNode = (globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate;

let waiting: Turn[] = [];
let rounds = 0;
let inTask = (): void => {
  inTask = tasks();
  inTask();
};

/** Runs `turn` soon. Asking twice is two runs: the caller keeps count. */
export function askForTurn(turn: Turn): void {
  if (waiting.push(turn) > 1) return;
  if (++rounds % ROUNDS_A_TASK) soon(round);
  else inTask();
}

function tasks(): () => void {
  if (setImmediateOnNode) return () => setImmediateOnNode(round);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = round;
  return () => port2.postMessage(null);
}

function round(): void {
  const turns = waiting;
  waiting = [];
  for (const turn of turns) {
    try {
      turn.run();
    } catch (error) {
      // A consumer's handler threw: that is nobody's error but the program's, and no other socket's trouble.
      soon(() => {
        throw error;
      });
    }
  }
}
