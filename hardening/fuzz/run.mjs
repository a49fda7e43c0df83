#!/usr/bin/env node
/**
 * `npm run fuzz [-- SECONDS] [TARGET...] [--seed N]`: runs each target for its share of the time, 60 seconds in all by
 * default. README.md beside it says what is fuzzed and how.
 *
 * What was found is a file in `hardening/fuzz/finds/` and the command's failure. What led to new places is kept in
 * `.build/fuzz/` for the next run.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { build, transform } from "esbuild";
import { createInstrumenter } from "istanbul-lib-instrument";
import { asked, Misuse, numberFrom, wordsFrom } from "../../scripts/arguments.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const NAMES = ["request", "chunked", "response", "writer", "websocket", "server"];
/** A single input that takes longer hangs. */
const HANG_MS = 10_000;
const MAX_INPUT = 4096;

const { seconds, names, seed } = asked(() => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: "string" } },
  });
  const isNumber = (/** @type {string} */ each) => /^\d+$/.test(each);
  const [number, ...more] = positionals.filter(isNumber);
  if (more.length > 0)
    throw new Misuse(`there is one number of seconds, got ${[number, ...more].join(" and ")}`);
  const targets = positionals.filter((each) => !isNumber(each));
  return {
    seconds: numberFrom("SECONDS", number, 60),
    names: targets.length > 0 ? wordsFrom("target", targets, NAMES) : NAMES,
    seed: numberFrom("--seed", values.seed, Date.now() % 2 ** 31, { least: 0 }),
  };
});

const program = await bundle();
console.log(`seed ${seed}`);
let failed = 0;
for (const name of names) if (!(await run(name, (seconds * 1000) / names.length))) failed++;
if (process.env.STEP_COUNTS) {
  writeFileSync(process.env.STEP_COUNTS, JSON.stringify({ passed: names.length - failed, failed }));
}
process.exit(failed === 0 ? 0 : 1);

/** The targets with everything they are made of in one module, the sources that are fuzzed with counters in them. */
async function bundle() {
  const instrumenter = createInstrumenter({
    esModules: true,
    coverageVariable: "__fuzz__",
    compact: true,
    produceSourceMap: false,
  });
  const outfile = `${root}.build/fuzz/worker-${process.pid}.mjs`;
  await build({
    entryPoints: [`${root}hardening/fuzz/worker.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["vitest"],
    logLevel: "error",
    plugins: [
      {
        name: "counters",
        setup({ onLoad }) {
          onLoad({ filter: /src\/(http1|websocket|server)\/.*\.ts$/ }, async ({ path }) => {
            const { code } = await transform(readFileSync(path, "utf8"), { loader: "ts", target: "node20" });
            return { contents: instrumenter.instrumentSync(code, path), loader: "js" };
          });
        },
      },
    ],
  });
  process.on("exit", () => rmSync(outfile, { force: true }));
  return outfile;
}

/** @param {string} name @param {number} ms @returns {Promise<boolean>} whether nothing was found */
function run(name, ms) {
  const folder = `${root}.build/fuzz/${name}`;
  mkdirSync(folder, { recursive: true });
  const corpus = readdirSync(folder).map((file) => new Uint8Array(readFileSync(`${folder}/${file}`)));
  const shared = new SharedArrayBuffer(16 + MAX_INPUT);
  const counters = new Int32Array(shared, 0, 4);
  const worker = new Worker(program, { workerData: { target: name, ms, seed, corpus, shared } });
  return new Promise((resolve) => {
    let before = { runs: -1, at: performance.now() };
    const settle = (/** @type {boolean} */ good) => {
      clearInterval(watch);
      void worker.terminate();
      resolve(good);
    };
    const watch = setInterval(() => {
      const runs = counters[0] ?? 0;
      if (runs !== before.runs) before = { runs, at: performance.now() };
      else if (performance.now() - before.at > HANG_MS) {
        const input = new Uint8Array(shared, 16, counters[3]).slice();
        report(name, input, `it hangs: more than ${HANG_MS / 1000} seconds`);
        settle(false);
      }
    }, 1000);
    worker.once("message", ({ runs, places, corpus: grown, find }) => {
      console.log(`${name}: ${runs} runs, ${places} places, ${grown.length} inputs kept`);
      for (const input of grown) writeFileSync(`${folder}/${digest(input)}`, input);
      if (find !== undefined) report(name, find.input, find.error);
      settle(find === undefined);
    });
    worker.once("error", (error) => {
      report(name, new Uint8Array(shared, 16, counters[3]).slice(), `outside of a run: ${error.stack}`);
      settle(false);
    });
  });
}

/** @param {string} name @param {Uint8Array} input @param {string} error */
function report(name, input, error) {
  const folder = `${root}hardening/fuzz/finds`;
  const file = `${folder}/${name}-${digest(input)}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, input);
  console.error(`${name}: FOUND ${file}\n${JSON.stringify(Buffer.from(input).toString("latin1"))}\n${error}`);
}

/** @param {Uint8Array} input */
function digest(input) {
  return createHash("sha256").update(input).digest("hex").slice(0, 16);
}
