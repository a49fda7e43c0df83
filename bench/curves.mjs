/** Cost as the work grows: a curve for each kind of growth, and how steep its end is. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { growths } from "./curves/growth.mjs";
import { alternate } from "./harness/alternate.mjs";
import { curve } from "./harness/plot.mjs";
import { median } from "./harness/statistics.mjs";

const fragmentsProgram = fileURLToPath(new URL("./curves/fragments.mjs", import.meta.url));
const fragmentSizes = [65536, 16384, 4096, 1024, 256, 64, 16, 4, 1];

/** The exponent of the last step: 1 is in proportion to the work, 0 costs nothing more. */
function slope(points) {
  const [[x0, y0], [x1, y1]] = points.slice(-2);
  return Math.log(y1 / y0) / Math.log(x1 / x0);
}

async function measureGrowth(growth, options) {
  const lines = new Map();
  for (const step of growth.steps) {
    const measured = await alternate(growth.row(step), { ...options, rounds: 3, warmSeconds: 1 });
    for (const { name, value } of measured.contestants) {
      if (!lines.has(name)) lines.set(name, []);
      lines.get(name).push([step, value.median]);
    }
  }
  return [...lines].map(([name, points]) => ({ name, points }));
}

/** In one process, so it is run apart: several fresh processes in turns. */
function measureFragments(options) {
  const contestants = { portico: "portico", "node-http": "node:http" };
  const lines = Object.fromEntries(Object.keys(contestants).map((who) => [who, []]));
  for (const size of fragmentSizes) {
    const seen = Object.fromEntries(Object.keys(contestants).map((who) => [who, []]));
    for (let round = 0; round < 3; round++) {
      for (const who of Object.keys(contestants)) {
        const args = [
          "-c",
          String(options.cores.server),
          process.execPath,
          fragmentsProgram,
          who,
          String(size),
        ];
        seen[who].push(JSON.parse(execFileSync("taskset", args).toString()).cpu);
      }
    }
    for (const who of Object.keys(contestants)) lines[who].push([65536 / size, median(seen[who])]);
  }
  return Object.entries(lines).map(([who, points]) => ({ name: contestants[who], points }));
}

function curveMarkdown({ title, x, lines }) {
  const steps = lines[0].points.map(([step]) => step);
  const rows = [`### ${title}`, "", `| ${x} | ${lines.map((line) => line.name).join(" | ")} |`];
  rows.push(`|---|${"---|".repeat(lines.length)}`);
  for (const [i, step] of steps.entries()) {
    const cells = lines.map((line) => line.points[i]?.[1].toPrecision(3) ?? "-");
    rows.push(`| ${step.toLocaleString("en-GB")} | ${cells.join(" | ")} |`);
  }
  const steepness = lines.map((line) => `${line.name} ${slope(line.points).toFixed(2)}`).join(", ");
  rows.push("", `Exponent of the last step (1: in proportion, 0: nothing more): ${steepness}.`, "");
  return rows.join("\n");
}

/** Measures every curve and writes `curves.md`, `curves.json` and an SVG for each. */
export async function measureCurves(options) {
  mkdirSync(options.results, { recursive: true });
  const done = [];
  for (const growth of growths) {
    done.push({ ...growth, lines: await measureGrowth(growth, options) });
    console.log(curveMarkdown(done.at(-1)));
  }
  const fragments = { name: "fragments", title: "Pieces that a 64 KiB request comes in", x: "pieces" };
  done.push({ ...fragments, lines: measureFragments(options) });
  console.log(curveMarkdown(done.at(-1)));
  const files = ["curves.md"];
  for (const one of done) {
    files.push(`curve-${one.name}.svg`);
    const drawn = curve({ title: one.title, x: one.x, y: "µs of server CPU a request", lines: one.lines });
    writeFileSync(`${options.results}curve-${one.name}.svg`, drawn);
  }
  const intro =
    "# Cost as the work grows\n\nMicroseconds of server CPU per request, median of three visits.\n\n";
  writeFileSync(`${options.results}curves.md`, intro + done.map(curveMarkdown).join("\n"));
  writeFileSync(`${options.results}curves.json`, JSON.stringify(done, null, 1));
  if (options.published === undefined) return;
  mkdirSync(options.published, { recursive: true });
  for (const file of files) copyFileSync(`${options.results}${file}`, `${options.published}${file}`);
}
