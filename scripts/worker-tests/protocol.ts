/**
 * How the page that Vitest drives runs test files in a module worker:
 *
 *     page                                 worker (one a test file)
 *      | -- collect the file ---------------> |  imports it, so that its describe() and it() are known
 *      | <------------- the tree of its cases |
 *      |  defines the same tree for Vitest    |
 *      | -- run ----------------------------> |
 *      | <------------ verdict of each case --|
 *      | <------- done, with what went wrong outside of cases
 *
 * So every case that ran in the worker stands in Vitest's report under its own name.
 */

/** A `describe` or an `it`, as data. */
export type Node =
  | { readonly kind: "suite"; readonly name: string; readonly children: readonly Node[] }
  | {
      readonly kind: "case";
      readonly id: string;
      readonly name: string;
      readonly mode: "run" | "skip" | "todo";
      readonly timeoutMs: number;
    };

/** An error that crossed from the worker. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly diff?: string | undefined;
}

export interface Verdict {
  readonly id: string;
  readonly state: "pass" | "fail" | "skip";
  readonly failures: readonly Failure[];
}

export type ToWorker = { readonly type: "collect"; readonly file: string } | { readonly type: "run" };

export type FromWorker =
  | { readonly type: "collected"; readonly children: readonly Node[]; readonly failures: readonly Failure[] }
  | { readonly type: "verdict"; readonly verdict: Verdict }
  | { readonly type: "done"; readonly verdicts: readonly Verdict[]; readonly failures: readonly Failure[] };
