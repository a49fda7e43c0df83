/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed Above 0 exactly where the step failed.
 * @property {readonly string[]} failures The names of those that failed, as far as the report tells them.
 */

/**
 * How many cases a step ran, and which failed, from the report that it wrote.
 *
 * @param {"vitest" | "playwright" | "file" | undefined} kind
 * @param {string | undefined} text The report, if there is one.
 * @param {boolean} ok Whether the step's exit code was 0.
 * @returns {Counts}
 */
export function countsOf(kind, text, ok) {
  if (kind === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, failures: [] };
  const counts = text === undefined ? undefined : parse(kind, text);
  // Without a report nothing is known to have passed, whatever the exit code says; and a step can fail
  // outside of its cases: in a hook, by an unhandled rejection, by its time limit.
  if (counts === undefined) return { passed: 0, failed: 1, failures: [] };
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** @type {Record<"vitest" | "playwright" | "file", (report: any) => Counts>} */
const read = {
  vitest: ({ numPassedTests, numFailedTests, testResults = [] }) => ({
    passed: numPassedTests,
    failed: numFailedTests,
    failures: testResults.flatMap(failuresOfFile),
  }),
  playwright: ({ stats, suites = [] }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    failures: suites.flatMap(failuresOfSuite),
  }),
  file: ({ passed, failed, failures = [] }) => ({ passed, failed, failures }),
};

/**
 * A file may have failed as a whole, before it had a case.
 *
 * @param {{ name: string, status: string, assertionResults: { status: string, fullName: string }[] }} file
 */
function failuresOfFile({ name, status, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0) return status === "failed" ? [name] : [];
  return failed.map(({ fullName }) => `${name}: ${fullName}`);
}

/**
 * @param {{ file: string, specs?: { title: string, tests: { status: string }[] }[], suites?: any[] }} suite
 * @returns {string[]}
 */
function failuresOfSuite({ file, specs = [], suites = [] }) {
  const failed = specs.filter(({ tests }) =>
    tests.some(({ status }) => status === "unexpected" || status === "flaky"),
  );
  return [...failed.map(({ title }) => `${file}: ${title}`), ...suites.flatMap(failuresOfSuite)];
}

/**
 * @param {"vitest" | "playwright" | "file"} kind
 * @param {string} text
 */
function parse(kind, text) {
  try {
    const counts = read[kind](JSON.parse(text));
    return Number.isInteger(counts.passed) && Number.isInteger(counts.failed) ? counts : undefined;
  } catch {
    return undefined;
  }
}
