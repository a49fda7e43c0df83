import type { VitestRunnerConfig } from "@vitest/runner";

/** How Vitest's runner runs cases where we start it ourselves: in a worker, on Bun and on Deno. */
export const runnerConfig: Omit<VitestRunnerConfig, "name" | "passWithNoTests"> = {
  root: "/",
  setupFiles: [],
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: "stack", setupFiles: "list" },
  chaiConfig: undefined,
  maxConcurrency: 5,
  testTimeout: 20_000,
  hookTimeout: 30_000,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};
