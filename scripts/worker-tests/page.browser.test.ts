/** The page's half: gives every test file a worker and stands in Vitest's report for the cases it ran. */
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Failure, FromWorker, Node, ToWorker, Verdict } from "./protocol.ts";
import { suites } from "./suites.ts";

/** How much longer the page waits than the worker's own limit for a case. */
const slackMs = 5000;
const collectMs = 30_000;

/** A promise that is settled from outside. */
class Later<T> {
  resolve!: (value: T) => void;
  readonly promise = new Promise<T>((resolve) => {
    this.resolve = resolve;
  });
}

class TestFile {
  readonly path: string;
  readonly collected: Promise<readonly Node[]>;
  readonly #worker: Worker;
  readonly #verdicts = new Map<string, Later<Verdict>>();
  readonly #done = new Later<readonly Failure[]>();

  constructor(path: string) {
    this.path = path;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: path });
    this.collected = new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error(`no answer from the worker of ${path}`)), collectMs);
      this.#worker.onerror = (event) => reject(new Error(`the worker of ${path} failed: ${event.message}`));
      this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        clearTimeout(giveUp);
        if (data.type === "verdict") this.#settle(data.verdict);
        else if (data.type === "done") this.#finish(data.verdicts, data.failures);
        else if (data.failures.length > 0) reject(toError(data.failures));
        else resolve(data.children);
      };
    });
    this.#post({ type: "collect", file: path });
  }

  run(): void {
    this.#post({ type: "run" });
  }

  verdict(id: string): Promise<Verdict> {
    return this.#slot(id).promise;
  }

  /** What went wrong outside of the cases: in hooks, or in nobody's promise. */
  async finish(): Promise<readonly Failure[]> {
    const failures = await this.#done.promise;
    this.#worker.terminate();
    return failures;
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #slot(id: string): Later<Verdict> {
    const slot = this.#verdicts.get(id) ?? new Later<Verdict>();
    this.#verdicts.set(id, slot);
    return slot;
  }

  #settle(verdict: Verdict): void {
    this.#slot(verdict.id).resolve(verdict);
  }

  #finish(verdicts: readonly Verdict[], failures: readonly Failure[]): void {
    for (const verdict of verdicts) this.#settle(verdict);
    this.#done.resolve(failures);
  }
}

function toError(failures: readonly Failure[]): Error {
  const [first, ...others] = failures;
  const error = new Error(first?.message ?? "failed without saying why", {
    cause: others.length > 0 ? toError(others) : undefined,
  });
  return Object.assign(error, first);
}

function define(node: Node, file: TestFile): void {
  if (node.kind === "suite") {
    describe(node.name, () => {
      for (const child of node.children) define(child, file);
    });
  } else if (node.mode !== "run") {
    it[node.mode](node.name);
  } else {
    it(node.name, { timeout: node.timeoutMs + slackMs }, async (context) => {
      const verdict = await file.verdict(node.id);
      if (verdict.state === "fail") throw toError(verdict.failures);
      if (verdict.state === "skip") context.skip();
    });
  }
}

// A file that fails to load fails alone: the others' cases are still collected.
for (const path of suites.keys()) {
  const file = new TestFile(path);
  const children = await file.collected.catch((error: Error) => error);
  describe(path.slice(1), () => {
    if (children instanceof Error) {
      it("loads in a worker", () => {
        throw children;
      });
      return;
    }
    beforeAll(() => file.run());
    for (const child of children) define(child, file);
    afterAll(async () => {
      const failures = await file.finish();
      if (failures.length > 0) throw toError(failures);
    });
  });
}
