/** Medians and spread: what survives a machine that others use too. */

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - below);
}

export const median = (values) => quantile(values, 0.5);

/** Median with the quartiles around it. */
export function spread(values) {
  return { low: quantile(values, 0.25), median: median(values), high: quantile(values, 0.75) };
}

/** The median of round-by-round ratios: what changed between two rounds hits both sides of one. */
export function ratio(ours, theirs) {
  return spread(ours.map((value, i) => value / (theirs[i] ?? Number.NaN)));
}
