/**
 * What `npm test` runs, in order: quick things first. One table; a new check is a new row. Below it is the
 * table of `npm run test:hard`: what needs root, minutes or an installed server.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} command A script of ours or a package's program, run by Node.
 * @property {"vitest" | "playwright" | "file"} [counts] Where its number of cases is told: by a test
 *   runner's JSON report, or by the step itself, which writes `{ passed, failed }` to the file that
 *   `STEP_COUNTS` names. A step without it counts as one.
 * @property {number} [minutes] After so long it is ended and has failed. Default 5.
 * @property {boolean} [beside] Whether it runs beside the step before it: each of them keeps one core busy. Default:
 *   when that has ended.
 * @property {() => string | undefined} [skip] Why it does not apply here, if so.
 */
import { existsSync, readdirSync } from "node:fs";
import { arch, platform } from "node:process";
import { missing } from "../hardening/smuggling/installed.mjs";
import { root } from "./entries.mjs";
import { findFirefox, findWebKit } from "./other-browsers.mjs";

const vitest = (/** @type {string} */ project) => [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--project",
  project,
];
const tsc = (/** @type {string} */ project) => ["node_modules/typescript/bin/tsc", "-p", project];

/** npm has the binaries for more systems; these two packages are the ones that the bench pins. */
const runtimeTests = (/** @type {string} */ title, /** @type {string} */ name) => ({
  name: `tests on ${title}`,
  command: ["scripts/runtime-tests/run.mjs", name],
  counts: /** @type {const} */ ("file"),
  skip: () => (`${platform} ${arch}` === "linux x64" ? undefined : "needs Linux on x64"),
});

/**
 * A row of `npm run test:hard`: one `*.hard.test.ts`, which has the machine to itself.
 *
 * @param {string} name
 * @param {string} file
 * @param {{ minutes?: number, skip?: () => string | undefined }} [options]
 * @returns {Step}
 */
const hard = (name, file, { minutes = 10, skip } = {}) => ({
  name,
  command: [...vitest("hard"), file],
  counts: "vitest",
  minutes,
  ...(skip ? { skip } : {}),
});

/**
 * The page's tests in a browser that is not Chromium.
 *
 * @param {string} title
 * @param {string} project
 * @param {() => unknown} find
 * @returns {Step}
 */
const otherBrowser = (title, project, find) => ({
  name: `tests in a page of ${title}`,
  command: vitest(project),
  counts: "vitest",
  minutes: 15,
  skip: () => (find() ? undefined : `there is no ${title}`),
});

const specs = () => readdirSync(`${root}e2e`).filter((name) => name.endsWith(".spec.ts"));

/** @type {readonly Step[]} */
export const steps = [
  {
    name: "format and lint",
    command: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  },
  { name: "types of http1, without DOM and Node", command: tsc("src/http1") },
  { name: "types of what runs in a page", command: tsc("tsconfig.web.json") },
  { name: "types of everything", command: tsc("tsconfig.json"), beside: true },
  { name: "types of the scripts", command: tsc("scripts"), beside: true },
  { name: "file lengths", command: ["scripts/check-lengths.mjs"] },
  { name: "tests on Node", command: vitest("node"), counts: "vitest", minutes: 10 },
  { name: "programs: examples and README", command: vitest("programs"), counts: "vitest" },
  { ...runtimeTests("Deno", "deno"), beside: true },
  { name: "hardening, quick forms", command: vitest("quick"), counts: "vitest", minutes: 10 },
  {
    // The same seed each time, so that a change is what makes it red: `npm run fuzz` begins with another.
    name: "fuzzing, sixty seconds",
    command: ["hardening/fuzz/run.mjs", "60", "--seed", "1"],
    counts: "file",
  },
  { ...runtimeTests("Bun", "bun"), beside: true },
  { name: "unused exports and packages", command: ["node_modules/knip/bin/knip.js"] },
  { name: "exports of package.json", command: ["scripts/check-exports.mjs"] },
  { name: "build", command: ["scripts/build.mjs"] },
  { name: "size in a page", command: ["scripts/size.mjs"] },
  { name: "package, installed from its tarball", command: ["scripts/check-package.mjs"], counts: "file" },
  { name: "tests in a page", command: vitest("page"), counts: "vitest", minutes: 8 },
  { name: "tests in a worker", command: vitest("worker"), counts: "vitest", minutes: 8 },
  { name: "docs site", command: ["scripts/docs/build.mjs"] },
  {
    name: "end to end",
    command: ["node_modules/playwright/cli.js", "test", "--reporter=list,json"],
    counts: "playwright",
    minutes: 15,
    skip: () => (specs().length > 0 ? undefined : "there are none"),
  },
  {
    name: "third-party wire cases",
    command: ["scripts/conformance.mjs"],
    counts: "file",
    skip: () =>
      existsSync(`${root}../shared/conformance/run.mjs`) ? undefined : "../shared/conformance is not here",
  },
];

/** @type {readonly Step[]} */
export const hardSteps = [
  hard("abusive clients, 2,000 of each kind", "hardening/abusers.hard.test.ts", { minutes: 20 }),
  hard("smuggling through nginx and HAProxy", "hardening/smuggling.hard.test.ts", { skip: missing }),
  hard("soak, 15 minutes of mixed traffic", "hardening/soak.hard.test.ts", { minutes: 20 }),
  otherBrowser("Firefox", "firefox", findFirefox),
  otherBrowser("WebKitGTK", "webkit", findWebKit),
  { name: "properties, cases by chance", command: ["scripts/properties.mjs"], minutes: 15 },
].filter(({ command }) => !command.at(-1)?.includes("/") || existsSync(root + command.at(-1)));
