import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";

/** One thing to be fuzzed. */
export interface Target {
  readonly name: string;
  /** What to start from: inputs that reach different places. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces of text that mean something to what is fuzzed. */
  readonly dictionary: readonly string[];
  /** @throws whatever, when an invariant does not hold for the input */
  run(input: Uint8Array): void | Promise<void>;
}

/** An input that an invariant does not hold for. */
export interface Find {
  readonly input: Uint8Array;
  readonly error: unknown;
}

/** What became of a run. */
export interface Outcome {
  readonly runs: number;
  readonly corpus: readonly Uint8Array[];
  readonly places: number;
  readonly find: Find | undefined;
}

/** Where a run tells what it is doing, so that somebody else can see it hang. */
export interface Progress {
  begins(input: Uint8Array): void;
  ended(runs: number, places: number, corpus: number): void;
}

/** Counters of an instrumented program, since the last call. */
export interface Coverage {
  /** Reads all counters and sets them to 0. @returns how many places were seen, or seen so often, for the first time */
  harvest(): number;
  readonly places: number;
}

const MAX_INPUT = 4096;

/**
 * Runs a target on its seeds and then on mutations of what has led to new places, until the time is over or an
 * invariant breaks.
 *
 * Strategy, after AFL: an input that makes a counter leave its bucket (1, 2, 3, 4-7, 8-15, ...) for the first time joins
 * the corpus; half of the mutations start from its youngest fifth.
 */
export async function fuzz(
  target: Target,
  coverage: Coverage,
  random: Random,
  until: () => boolean,
  progress: Progress,
): Promise<Outcome> {
  const corpus: Uint8Array[] = [];
  let runs = 0;
  const attempt = async (input: Uint8Array): Promise<Find | undefined> => {
    progress.begins(input);
    const error = await failure(target, input);
    runs++;
    if (coverage.harvest() > 0) corpus.push(input);
    progress.ended(runs, coverage.places, corpus.length);
    return error === undefined ? undefined : { input, error: error.cause };
  };
  const done = (find: Find | undefined): Outcome => ({ runs, corpus, places: coverage.places, find });

  coverage.harvest();
  for (const seed of target.seeds) {
    const find = await attempt(seed.slice(0, MAX_INPUT));
    if (find !== undefined) return done(find);
  }
  while (!until()) {
    const find = await attempt(
      mutate(pick(corpus, random), pick(corpus, random), target.dictionary, random, MAX_INPUT),
    );
    if (find !== undefined) return done(find);
  }
  return done(undefined);
}

function pick(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const young = Math.ceil(corpus.length / 5);
  const index = random.below(2) === 0 ? corpus.length - 1 - random.below(young) : random.below(corpus.length);
  return corpus[index] ?? new Uint8Array();
}

async function failure(target: Target, input: Uint8Array): Promise<{ cause: unknown } | undefined> {
  try {
    await target.run(input.slice());
    return undefined;
  } catch (cause) {
    return { cause };
  }
}

/** The input with everything taken out that the failure does without, as far as it can be had in the time. */
export async function smaller(target: Target, { input }: Find, until: () => boolean): Promise<Uint8Array> {
  let best = input;
  for (let size = best.length >> 1; size >= 1 && !until(); size >>= 1) {
    for (let at = 0; at < best.length && !until(); ) {
      const without = new Uint8Array(best.length - Math.min(size, best.length - at));
      without.set(best.subarray(0, at));
      without.set(best.subarray(at + size), at);
      if ((await failure(target, without)) === undefined) at += size;
      else best = without;
    }
  }
  return best;
}
