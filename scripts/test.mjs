/**
 * `npm test`: installs what is missing, then runs every step of scripts/steps.mjs and sums their cases.
 * Ends with what failed, by name, and the line `N passed, M failed`; the exit code says whether M is 0. Words after `npm test --`
 * choose the steps whose name contains one of them. `--hard` (`npm run test:hard`) takes the other table.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { chdir, cwd, env, execPath, exit, kill } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { asked, wordsFrom } from "./arguments.mjs";
import { countsOf } from "./counts.mjs";
import { installPackages, installPrograms } from "./setup.mjs";
import { hardSteps, steps } from "./steps.mjs";

chdir(fileURLToPath(new URL("..", import.meta.url)));
const chosen = asked(() => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { hard: { type: "boolean" } },
  });
  const table = values.hard ? hardSteps : steps;
  const means = (/** @type {string} */ word, /** @type {string} */ name) => name.includes(word);
  const known = table.map(({ name }) => name);
  const words = wordsFrom("step", positionals, known, means);
  return table.filter(({ name }) => words.length === 0 || words.some((word) => means(word, name)));
});
installPackages();
await installPrograms();

const scratch = await mkdtemp(join(tmpdir(), "portico-test-"));
process.on("SIGINT", () => exit(130));
process.on("SIGTERM", () => exit(143));

const total = { passed: 0, failed: 0 };
/** Long output is often cut at its beginning: what failed is said again at the end. @type {string[]} */
const failures = [];
/** @type {Promise<void>[]} */
const running = [];
for (const [index, step] of chosen.entries()) {
  if (!step.beside) await Promise.all(running.splice(0));
  running.push(report(step, index));
}
await Promise.all(running);

await rm(scratch, { recursive: true, force: true });
for (const failure of failures) console.log(`FAILED  ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
exit(total.failed > 0 ? 1 : 0);

/**
 * Runs a step, and says what became of it.
 *
 * @param {import("./steps.mjs").Step} step
 * @param {number} index
 */
async function report(step, index) {
  const reason = step.skip?.();
  if (reason) {
    console.log(`     skipped  ${step.name}: ${reason}`);
    return;
  }
  const started = performance.now();
  const { ok, output, counts } = await run(step, join(scratch, `${index}.json`));
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  if (!ok) console.log(`\n----- ${step.name}: ${[...step.command].join(" ")}\n${shortened(output)}\n-----`);
  const summary = ok ? `${counts.passed} passed` : `${counts.passed} passed, ${counts.failed} FAILED`;
  console.log(`${seconds} s  ${step.name}: ${summary}${ok ? warnings(output) : ""}`);
  total.passed += counts.passed;
  total.failed += counts.failed;
  const named = counts.failures.map((failure) => `${step.name}: ${failure.replace(`${cwd()}/`, "")}`);
  failures.push(...(ok || named.length > 0 ? named : [step.name]));
}

/**
 * @param {import("./steps.mjs").Step} step
 * @param {string} countsFile
 */
async function run(step, countsFile) {
  const reporter = ["--reporter=default", "--reporter=json", `--outputFile=${countsFile}`];
  const { code, output } = await spawned(
    [...step.command, ...(step.counts === "vitest" ? reporter : [])],
    { ...env, CI: "true", NO_COLOR: "1", STEP_COUNTS: countsFile, PLAYWRIGHT_JSON_OUTPUT_FILE: countsFile },
    (step.minutes ?? 5) * 60_000,
  );
  const report = await readFile(countsFile, "utf8").catch(() => undefined);
  const counts = countsOf(step.counts, report, code === 0);
  return { ok: counts.failed === 0, output, counts };
}

/**
 * Runs a Node program in a process group of its own, so that what it started ends with it.
 *
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} environment
 * @param {number} limitMs
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function spawned(args, environment, limitMs) {
  const child = spawn(execPath, args, {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const endGroup = () => {
    try {
      if (child.pid !== undefined) kill(-child.pid, "SIGKILL");
    } catch {
      // Everything in the group has ended already.
    }
  };
  process.once("exit", endGroup);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      output += `\nended after ${limitMs / 60_000} minutes\n`;
      endGroup();
    }, limitMs);
    child.once("error", reject);
    child.once("exit", endGroup);
    child.once("close", (code) => {
      clearTimeout(limit);
      process.off("exit", endGroup);
      resolve({ code, output });
    });
  });
}

/** What a step says of its failure is short or stands at the end. */
function shortened(/** @type {string} */ output) {
  const lines = output.trimEnd().split("\n");
  const left = lines.length - 300;
  return left > 0 ? [`(${left} lines left out)`, ...lines.slice(left)].join("\n") : lines.join("\n");
}

/** A passing step stays short; what it warns of is still shown. */
function warnings(/** @type {string} */ output) {
  const lines = output.split("\n").filter((line) => /^(warning|size|note): /.test(line));
  return lines.map((line) => `\n            ${line}`).join("");
}
