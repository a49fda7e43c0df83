/** Options that are numbers. */

/**
 * The numbers of `defaults`, and in their place those that were given.
 * @param checked what it takes, by name and with the least that it may be; it throws for another
 */
export function mergeNumbers<T extends object>(
  defaults: T,
  given: Partial<T> = {},
  least: number,
  checked: <V>(name: string, value: V, least: number) => V,
): T {
  const merged: T = { ...defaults };
  for (const name in merged) merged[name] = checked(name, given[name] ?? merged[name], least);
  return merged;
}
