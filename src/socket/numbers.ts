/** Options that are numbers. */

/** Makes the error of what a text says is wrong; `TypeError` is one. */
export type Failure = (problem: string) => Error;

/** The number that was given. @throws what `failure` makes, for what is no number, or a lesser one */
export function atLeast<T>(name: string, value: T, least: number, failure: Failure): T {
  if (typeof value === "number" && value >= least) return value;
  throw failure(`${name} must be at least ${least}, got ${shown(value)}`);
}

/** The numbers of `defaults`, and in their place those that were given. @throws as `atLeast` */
export function mergeNumbers<T extends object>(
  defaults: T,
  given: Partial<T> = {},
  least: number,
  failure: Failure,
): T {
  const merged: T = { ...defaults };
  for (const name in merged) merged[name] = atLeast(name, given[name] ?? merged[name], least, failure);
  return merged;
}

/** A value as a message names it: that a number was given as a string has to be seen. */
export function shown(value: unknown): unknown {
  return typeof value === "string" ? `"${value}"` : value;
}
