import { shown } from "./numbers.ts";

/** What is wrong with a number as a port, `undefined` where nothing is. 0 is any free one. */
export function portProblem(port: number): string | undefined {
  if ((port & 0xffff) === port) return undefined;
  return `port must be 0 to 65535, got ${shown(port)}`;
}
