import { describe, expect, test } from "vitest";
import { countsOf } from "./counts.mjs";

describe("the cases of a step", () => {
  test("count as one where the step does not tell", () => {
    expect(countsOf(undefined, undefined, true)).toEqual({ passed: 1, failed: 0 });
    expect(countsOf(undefined, undefined, false)).toEqual({ passed: 0, failed: 1 });
  });

  test("are read from Vitest's report", () => {
    const report = JSON.stringify({ numPassedTests: 5, numFailedTests: 2 });
    expect(countsOf("vitest", report, false)).toEqual({ passed: 5, failed: 2 });
  });

  test("are read from Playwright's report, where a flaky case has failed", () => {
    const report = JSON.stringify({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 4 } });
    expect(countsOf("playwright", report, false)).toEqual({ passed: 3, failed: 2 });
  });

  test("have failed where the exit code says so and no case does", () => {
    const report = JSON.stringify({ passed: 4, failed: 0 });
    expect(countsOf("file", report, false)).toEqual({ passed: 4, failed: 1 });
  });

  test.each([undefined, "", "{}"])(
    "have failed where the promised report is missing or broken: %j",
    (report) => {
      expect(countsOf("playwright", report, true)).toEqual({ passed: 0, failed: 1 });
    },
  );
});
