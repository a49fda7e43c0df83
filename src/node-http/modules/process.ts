import { missing } from "../errors.ts";

/** What libraries ask of `process`. Its ticks are microtasks, which a page in the background runs as well. */

type Task = (...args: never[]) => void;

export function nextTick<A extends unknown[]>(task: (...args: A) => void, ...args: A): void {
  queueMicrotask(() => task(...args));
}

export const env: Record<string, string | undefined> = {};
export const argv: string[] = [];
export const execArgv: string[] = [];
export const title = "browser";
export const browser = true;
export const platform = "browser";
export const version = "";
export const versions: Record<string, string> = {};
export const pid = 1;
export const exitCode: number | undefined = undefined;

/** Where programs write their lines: the console. */
export const stdout = lines((line) => console.log(line));
export const stderr = lines((line) => console.error(line));

export function cwd(): string {
  return "/";
}

/** @throws NodeHttpError: a page does not end itself */
export function exit(): never {
  throw missing("process.exit()");
}

export function hrtime(before?: readonly [number, number]): [number, number] {
  const now = performance.now();
  const [seconds, nanoseconds] = [Math.floor(now / 1000), Math.floor((now % 1000) * 1e6)];
  if (before === undefined) return [seconds, nanoseconds];
  const difference = (seconds - before[0]) * 1e9 + (nanoseconds - before[1]);
  return [Math.floor(difference / 1e9), difference % 1e9];
}

export function uptime(): number {
  return performance.now() / 1000;
}

export function memoryUsage(): Record<string, number> {
  return { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
}

export function emitWarning(warning: string | Error): void {
  console.warn(warning);
}

/** A page has no signals and no exit, so there is nothing to hear of. */
export function on(_event: string, _listener: Task): void {}

export { on as addListener, on as off, on as once, on as removeListener };

export function emit(): boolean {
  return false;
}

export function listenerCount(): number {
  return 0;
}

function lines(print: (line: string) => void) {
  const write = (text: string) => {
    print(text.replace(/\n$/, ""));
    return true;
  };
  return { isTTY: false, fd: -1, write };
}
