/** One target's run, in a thread of its own: whoever started it sees through `shared` what it is at, should it hang. */
import { parentPort, workerData } from "node:worker_threads";
import { IstanbulCoverage } from "./coverage.ts";
import { fuzz, smaller } from "./engine.ts";
import { Random } from "./random.ts";
import { targets } from "./targets/index.ts";

/** What a run is told, and what it tells while it goes. */
interface Job {
  readonly target: string;
  readonly ms: number;
  readonly seed: number;
  readonly corpus: readonly Uint8Array[];
  /** Four counters (runs, places, corpus, length of the input) and then the input that is being run. */
  readonly shared: SharedArrayBuffer;
}

const { target: name, ms, seed, corpus, shared } = workerData as Job;
const target = targets.find((each) => each.name === name);
if (target === undefined) throw new Error(`there is no target ${name}`);

const counters = new Int32Array(shared, 0, 4);
const current = new Uint8Array(shared, 16);
const progress = {
  begins(input: Uint8Array): void {
    current.set(input.subarray(0, current.length));
    counters[3] = input.length;
  },
  ended(runs: number, places: number, kept: number): void {
    counters[0] = runs;
    counters[1] = places;
    counters[2] = kept;
  },
};

const end = performance.now() + ms;
const seeded = { ...target, seeds: [...target.seeds, ...corpus] };
const until = () => performance.now() >= end;
const outcome = await fuzz(seeded, new IstanbulCoverage("__fuzz__"), new Random(seed), until, progress);
let find: { input: Uint8Array; error: string } | undefined;
if (outcome.find !== undefined) {
  const { error } = outcome.find;
  const enough = performance.now() + 5000;
  const input = await smaller(target, outcome.find, () => performance.now() >= enough);
  find = { input, error: error instanceof Error ? (error.stack ?? String(error)) : String(error) };
}
parentPort?.postMessage({ ...outcome, find });
