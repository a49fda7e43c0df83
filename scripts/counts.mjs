/**
 * How many cases a step ran, from the report that it wrote.
 *
 * @param {"vitest" | "playwright" | "file" | undefined} kind
 * @param {string | undefined} text The report, if there is one.
 * @param {boolean} ok Whether the step's exit code was 0.
 * @returns {{ passed: number, failed: number }} `failed` is above 0 exactly where the step failed.
 */
export function countsOf(kind, text, ok) {
  if (kind === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  const counts = text === undefined ? undefined : parse(kind, text);
  // Without a report nothing is known to have passed, whatever the exit code says; and a step can fail
  // outside of its cases: in a hook, by an unhandled rejection, by its time limit.
  if (counts === undefined) return { passed: 0, failed: 1 };
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const figures = {
  vitest: (/** @type {any} */ report) => [report.numPassedTests, report.numFailedTests],
  playwright: (/** @type {any} */ { stats }) => [stats.expected, stats.unexpected + stats.flaky],
  file: (/** @type {any} */ report) => [report.passed, report.failed],
};

/**
 * @param {"vitest" | "playwright" | "file"} kind
 * @param {string} text
 */
function parse(kind, text) {
  try {
    const report = JSON.parse(text);
    const [passed, failed] = figures[kind](report);
    return Number.isInteger(passed) && Number.isInteger(failed) ? { passed, failed } : undefined;
  } catch {
    return undefined;
  }
}
