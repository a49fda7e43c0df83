/**
 * `npm run bench`: everything. `npm run bench -- NAME ...`: those rows. `npm run bench -- curves`: cost as
 * the work grows. `npm run bench -- page websocket`: what is no row. Options: --rounds N, --seconds N, --node 22|24|26, --quick, --publish (keep the table
 * and the plot for the README). How it is measured and why: README.md beside this file.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { asked, numberFrom, wordsFrom } from "../scripts/arguments.mjs";
import { measureCurves } from "./curves.mjs";
import { describeMachine, pickCores, stayOn } from "./harness/machine.mjs";
import { preparePeers, versions } from "./harness/peers.mjs";
import { bars } from "./harness/plot.mjs";
import { fullMarkdown, rowMarkdown, summaryMarkdown } from "./harness/report.mjs";
import { judge } from "./harness/row.mjs";
import { programs, runProgram } from "./programs.mjs";
import { measureRow, rows } from "./rows.mjs";

const results = fileURLToPath(new URL("./results/", import.meta.url));
const published = fileURLToPath(new URL("./published/", import.meta.url));

const { flags, names, options } = asked(() => {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string" },
      seconds: { type: "string" },
      node: { type: "string" },
      quick: { type: "boolean", default: false },
      publish: { type: "boolean" },
    },
  });
  const { quick } = flags;
  return {
    flags,
    names: wordsFrom("row", positionals, [
      ...rows.map((row) => row.name),
      "curves",
      ...Object.keys(programs),
    ]),
    options: {
      quick,
      rounds: numberFrom("--rounds", flags.rounds, quick ? 3 : 9),
      seconds: numberFrom("--seconds", flags.seconds, 1),
      warmSeconds: quick ? 1 : 2,
      node: flags.node && `node${numberFrom("--node", flags.node, 0)}`,
      cores: pickCores(),
    },
  };
});

function chosenRows() {
  if (options.quick && names.length === 0) return rows.slice(0, 3);
  return names.length === 0 ? rows : rows.filter((row) => names.includes(row.name));
}

function plotGroups(done) {
  return done
    .filter(({ row }) => (row.unit ?? "µs") === "µs")
    .map(({ row, measured }) => ({
      title: row.title,
      unit: "µs of server CPU a request",
      bars: measured.contestants.map(({ name, value }) => ({ name, value: value.median })),
    }));
}

/** Rows measured by other runs stay in latest.json, in the table's order. */
function merged(done, context) {
  const file = `${results}latest.json`;
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).rows : {};
  const fresh = Object.fromEntries(done.map((one) => [one.row.name, { ...one, ...context }]));
  const all = { ...before, ...fresh };
  return Object.fromEntries(rows.filter(({ name }) => all[name]).map(({ name }) => [name, all[name]]));
}

function write(done, context) {
  mkdirSync(results, { recursive: true });
  const all = merged(done, context);
  const list = Object.values(all);
  writeFileSync(`${results}latest.json`, JSON.stringify({ ...context, rows: all }, null, 1));
  writeFileSync(`${results}latest.md`, fullMarkdown(list, context));
  writeFileSync(`${results}rows.svg`, bars("Portico beside its peers (shorter is better)", plotGroups(list)));
  if (!flags.publish) return;
  const noisy = list.filter(({ measured }) => measured.noisy).map(({ row }) => row.name);
  if (noisy.length > 0) {
    console.log(
      `not published: others were at work during ${noisy.join(", ")}; run those again when it is quiet`,
    );
    return;
  }
  mkdirSync(published, { recursive: true });
  copyFileSync(`${results}latest.md`, `${published}table.md`);
  copyFileSync(`${results}rows.svg`, `${published}rows.svg`);
}

async function main() {
  const chosen = chosenRows();
  preparePeers();
  stayOn(options.cores.load);
  if (options.cores.shared) console.log("only one core: server and load share it, ratios will be coarse");
  const context = {
    machine: describeMachine(),
    versions: versions(),
    options,
    date: new Date().toISOString(),
  };
  console.log(`${context.machine}\n`);
  const done = [];
  for (const row of chosen) {
    try {
      const measured = await measureRow(row, options);
      const one = { row, measured, verdicts: judge(row, measured) };
      done.push(one);
      console.log(rowMarkdown(one));
    } catch (error) {
      process.exitCode = 1;
      console.error(`### ${row.title} (\`${row.name}\`)\n\ncould not be measured: ${error.message}\n`);
    }
  }
  if (done.length > 0) {
    console.log(summaryMarkdown(done));
    if (!options.quick) write(done, context);
  }
  const where = { ...options, results, published: flags.publish ? published : undefined };
  const asked = (name) => names.includes(name) || (names.length === 0 && !options.quick);
  if (asked("curves")) await measureCurves(where);
  for (const name of Object.keys(programs)) if (asked(name)) await runProgram(name, where);
}

await main();
