/**
 * What Node's libraries take for granted: `Buffer`, `process`, `global`, `setImmediate`. Import it before them.
 * Only what a page has not is added; nothing of the platform's is replaced.
 *
 * @example
 * ```ts
 * import "portico/node-http/globals";
 * import express from "express";
 *
 * const app = express();
 * app.get("/", (_request, response) => void response.send("Hello"));
 * app.listen(8080);
 * ```
 */
import { Buffer } from "../streams.ts";
import * as process from "./process.ts";

type Task = { readonly run: (...args: unknown[]) => void; readonly args: unknown[] };

const scope = globalThis as unknown as Record<string, unknown>;

/** A task of its own after each message: timers wait 4 ms when they are nested, and a second in the background. */
const waiting = new Map<number, Task>();
let last = 0;
let channel: MessageChannel | undefined;

function setImmediate(run: (...args: unknown[]) => void, ...args: unknown[]): number {
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = ({ data }: MessageEvent<number>) => {
      const task = waiting.get(data);
      waiting.delete(data);
      task?.run(...task.args);
    };
  }
  waiting.set(++last, { run, args });
  channel.port2.postMessage(last);
  return last;
}

function clearImmediate(id: number): void {
  waiting.delete(id);
}

scope.global ??= globalThis;
scope.Buffer ??= Buffer;
scope.process ??= { ...process };
if (scope.setImmediate === undefined) Object.assign(scope, { setImmediate, clearImmediate });

export { clearImmediate, setImmediate };
