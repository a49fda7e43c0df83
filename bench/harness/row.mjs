/**
 * @typedef {object} Target
 * @property {string} beside the contestant that Portico is held against
 * @property {number} [atMost] ratio of the medians, round by round
 * @property {number} [atMostMore] difference of the medians in the row's unit
 *
 * @typedef {object} Row
 * @property {string} name what `npm run bench -- NAME` takes
 * @property {string} title
 * @property {string} work what the servers are asked to do
 * @property {string} [unit] default: microseconds of CPU per request
 * @property {object} [load] see wrk.mjs
 * @property {number} [warmRequests] answers before anything is timed, default 20,000
 * @property {string[]} [quick] who takes part in `bench:check`
 * @property {string[]} [nodeOptions]
 * @property {Record<string, string>} [env]
 * @property {Function} [drive] a load of its own instead of wrk: `(server, seconds)` gives what wrk.mjs gives
 * @property {Function} [measure] instead of wrk in turns
 * @property {import("./contestant.mjs").Contestant[]} contestants the first is the one that is judged
 * @property {Target[]} targets
 * @property {(url: string) => Promise<void>} [verify] that the answer is the right one, before it is timed
 */
import { ratio } from "./statistics.mjs";

/** Where the row's first contestant stands, target by target. */
export function judge(row, measured) {
  const ours = measured.contestants.find((one) => one.name === row.contestants[0].name);
  return row.targets.map((target) => {
    const theirs = measured.contestants.find((one) => one.name === target.beside);
    if (ours === undefined || theirs === undefined) return { ...target, verdict: "not measured" };
    if (target.atMostMore !== undefined) {
      const more = ours.value.median - theirs.value.median;
      return { ...target, more, verdict: more <= target.atMostMore ? "pass" : "miss" };
    }
    const measuredRatio = ratio(ours.samples, theirs.samples);
    const verdict = measuredRatio.median <= target.atMost ? "pass" : "miss";
    return { ...target, ratio: measuredRatio, verdict };
  });
}
