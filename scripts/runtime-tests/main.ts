/**
 * Runs on Bun and on Deno: takes bundled test files as arguments, runs their cases with Vitest's own runner
 * and `expect`, prints what failed and a count. Vitest's command itself needs Node's workers.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { runnerConfig } from "../runner-config.ts";

// What Vitest's modules look for when they are evaluated.
Object.assign(globalThis, {
  __vitest_worker__: {
    config: { snapshotOptions: { updateSnapshot: "none", expand: false }, expect: {}, experimental: {} },
    environment: { name: "node" },
    ctx: { pool: "threads" },
    providedContext: {},
    resolvingModules: new Set(),
    evaluatedModules: { idToModuleMap: new Map() },
  },
});

const { createExpect } = await import("vitest");
const { startTests } = await import("@vitest/runner");
type Runner = Parameters<typeof startTests>[1];
type Test = Parameters<NonNullable<Runner["onAfterRunTask"]>>[0];
type Context = Parameters<NonNullable<Runner["extendTaskContext"]>>[0];

const config: Runner["config"] = {
  ...runnerConfig,
  name: "runtime",
  passWithNoTests: false,
  testNamePattern: process.env.PORTICO_TEST ? new RegExp(process.env.PORTICO_TEST) : undefined,
};

const counts = { pass: 0, fail: 0, skip: 0 };
type Task = Awaited<ReturnType<typeof startTests>>[number]["tasks"][number];

function skipped(tasks: readonly Task[]): number {
  const count = (task: Task) => (task.type === "suite" ? skipped(task.tasks) : task.mode === "skip" ? 1 : 0);
  return tasks.reduce((sum, task) => sum + count(task), 0);
}

function extendTaskContext(context: Context): Context {
  let own: ReturnType<typeof createExpect> | undefined;
  return Object.defineProperty(context, "expect", {
    get: () => {
      own ??= createExpect(context.task);
      return own;
    },
  });
}

function report(test: Test): void {
  const state = test.result?.state;
  if (state !== "fail") {
    if (state === "pass") counts.pass++;
    return;
  }
  counts.fail++;
  console.log(`FAIL ${test.fullName}`);
  for (const error of test.result?.errors ?? []) console.log(error.stack ?? error.message, error.diff ?? "");
}

const stray = (reason: unknown) => {
  counts.fail++;
  console.log("FAIL outside of a case:", reason);
};
process.on("unhandledRejection", stray);
process.on("uncaughtException", stray);

const files = await startTests(process.argv.slice(2), {
  config,
  importFile: (file) => import(pathToFileURL(file).href),
  extendTaskContext,
  onAfterRunTask: report,
});
for (const file of files) {
  counts.skip += skipped(file.tasks);
  for (const error of file.result?.errors ?? []) stray(error);
}
const { STEP_COUNTS } = process.env;
if (STEP_COUNTS) writeFileSync(STEP_COUNTS, JSON.stringify({ passed: counts.pass, failed: counts.fail }));
console.log(`${counts.pass} passed, ${counts.fail} failed, ${counts.skip} skipped`);
process.exit(counts.fail > 0 || counts.pass === 0 ? 1 : 0);
