import {
  type File,
  startTests,
  type Task,
  type Test,
  type TestContext,
  type VitestRunner,
  type VitestRunnerConfig,
} from "@vitest/runner";
import { createExpect } from "vitest";
import { runnerConfig } from "../runner-config.ts";
import type { Failure, FromWorker, Node, Verdict } from "./protocol.ts";
import { suites } from "./suites.ts";

const config: VitestRunnerConfig = { ...runnerConfig, name: "worker", passWithNoTests: true };

let resume = () => {};
const toldToRun = new Promise<void>((resolve) => {
  resume = resolve;
});

/** Lets the collected cases run. */
export function start(): void {
  resume();
}

/** Collects a file's cases, waits for `start`, runs them and reports each. */
export async function runFile(path: string): Promise<void> {
  const stray: Failure[] = [];
  self.addEventListener("error", (event) => stray.push(failureOf(event.error ?? event.message)));
  self.addEventListener("unhandledrejection", (event) => stray.push(failureOf(event.reason)));

  const runner: VitestRunner = {
    config,
    importFile: (file) => suites.get(file)?.(),
    extendTaskContext,
    async onBeforeRunFiles([file]: File[]) {
      post({ type: "collected", children: file?.tasks.map(nodeOf) ?? [], failures: failuresOf(file) });
      await toldToRun;
    },
    onAfterRunTask: (test) => post({ type: "verdict", verdict: verdictOf(test) }),
  };
  const [file] = await startTests([path], runner);
  // A rejection that nobody handles is reported after the task it happened in.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const tasks = file ? [file, ...descendants(file)] : [];
  post({
    type: "done",
    verdicts: tasks.filter((task) => task.type === "test").map(verdictOf),
    failures: [...tasks.filter((task) => task.type === "suite").flatMap(failuresOf), ...stray],
  });
}

function post(message: FromWorker): void {
  self.postMessage(message);
}

function extendTaskContext(context: TestContext): TestContext {
  let own: ReturnType<typeof createExpect> | undefined;
  return Object.defineProperty(context, "expect", {
    get: () => {
      own ??= createExpect(context.task);
      return own;
    },
  });
}

function* descendants(suite: { tasks: Task[] }): Generator<Task> {
  for (const task of suite.tasks) {
    yield task;
    if (task.type === "suite") yield* descendants(task);
  }
}

function nodeOf(task: Task): Node {
  if (task.type === "suite") return { kind: "suite", name: task.name, children: task.tasks.map(nodeOf) };
  const mode = task.mode === "skip" || task.mode === "todo" ? task.mode : "run";
  return { kind: "case", id: task.id, name: task.name, mode, timeoutMs: task.timeout };
}

function verdictOf(test: Test): Verdict {
  const state = test.result?.state;
  return {
    id: test.id,
    state: state === "pass" || state === "fail" ? state : "skip",
    failures: failuresOf(test),
  };
}

function failuresOf(task: Task | undefined): Failure[] {
  return (task?.result?.errors ?? []).map(failureOf);
}

function failureOf(error: unknown): Failure {
  if (typeof error !== "object" || error === null) return { name: "Error", message: String(error) };
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const { name, message, stack, diff } = error as Partial<Record<keyof Failure, unknown>>;
  return { name: text(name) ?? "Error", message: text(message) ?? "", stack: text(stack), diff: text(diff) };
}
