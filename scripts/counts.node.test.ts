import { describe, expect, test } from "vitest";
import { countsOf } from "./counts.mjs";

describe("the cases of a step", () => {
  test("count as one where the step does not tell", () => {
    expect(countsOf(undefined, undefined, true)).toEqual({ passed: 1, failed: 0, failures: [] });
    expect(countsOf(undefined, undefined, false)).toEqual({ passed: 0, failed: 1, failures: [] });
  });

  test("are read from Vitest's report, and a file that could not be loaded is named", () => {
    const one = { status: "failed", fullName: "a sum is right" };
    const report = JSON.stringify({
      numPassedTests: 5,
      numFailedTests: 1,
      testResults: [
        { name: "a.test.ts", status: "failed", assertionResults: [{ status: "passed", fullName: "b" }, one] },
        { name: "b.test.ts", status: "passed", assertionResults: [{ status: "passed", fullName: "c" }] },
        { name: "c.test.ts", status: "failed", assertionResults: [] },
      ],
    });
    expect(countsOf("vitest", report, false)).toEqual({
      passed: 5,
      failed: 1,
      failures: ["a.test.ts: a sum is right", "c.test.ts"],
    });
  });

  test("are read from Playwright's report, where a flaky case has failed", () => {
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
    const report = JSON.stringify({
      stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 4 },
      suites: [
        {
          file: "a.spec.ts",
          specs: [spec("it works", "expected"), spec("it opens", "unexpected")],
          suites: [{ file: "a.spec.ts", specs: [spec("it closes", "flaky"), spec("it waits", "skipped")] }],
        },
      ],
    });
    expect(countsOf("playwright", report, false)).toEqual({
      passed: 3,
      failed: 2,
      failures: ["a.spec.ts: it opens", "a.spec.ts: it closes"],
    });
  });

  test("have failed where the exit code says so and no case does", () => {
    const report = JSON.stringify({ passed: 4, failed: 0 });
    expect(countsOf("file", report, false)).toEqual({ passed: 4, failed: 1, failures: [] });
  });

  test.each([undefined, "", "{}"])(
    "have failed where the promised report is missing or broken: %j",
    (report) => {
      expect(countsOf("playwright", report, true)).toEqual({ passed: 0, failed: 1, failures: [] });
    },
  );
});
