/**
 * Inside a page: what a `fetch` through the virtual network costs, beside Hono's `app.request()` and MSW's
 * interception in the same page and run, and what a stream through a handler does beside a `TransformStream`.
 *
 *     node bench/page.mjs [--fetches 20000] [--rounds 3] [--megabytes 100]
 *
 * Exits with 1 above 60 µs a fetch at the median, or below half of the TransformStream's rate.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright";
import { chromiumLaunch } from "../scripts/chromium.mjs";
import { describeMachine } from "./harness/machine.mjs";
import { installPackages } from "./harness/peers.mjs";
import { median } from "./harness/statistics.mjs";

const MAX_MICROSECONDS = 60;
const LEAST_PART = 0.5;

const { values } = parseArgs({
  options: {
    fetches: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
    megabytes: { type: "string", default: "100" },
  },
});

/** An isolated page's clock has steps of 5 µs, any other's of 100. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const here = fileURLToPath(new URL(".", import.meta.url));
const peers = `${here}peers/node_modules`;

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [`${here}page/contestants.js`],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    nodePaths: [peers],
    alias: {
      portico: `${here}../src/index.browser.ts`,
      "portico/virtual": `${here}../src/adapters/virtual/index.ts`,
    },
  });
  return outputFiles[0].contents;
}

/** The page, its script and MSW's worker. */
async function serve() {
  const files = {
    "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'],
    "/page.js": ["text/javascript", await bundle()],
    "/mockServiceWorker.js": ["text/javascript", readFileSync(`${peers}/msw/lib/mockServiceWorker.js`)],
  };
  const server = createServer((request, response) => {
    const [type, content] = files[request.url] ?? [];
    const headers = { "Content-Type": type ?? "text/plain", ...ISOLATED };
    response.writeHead(type ? 200 : 404, headers).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const row = (name, { median, mean, p99 }) =>
  console.log(`| ${name} | ${median.toFixed(1)} | ${mean.toFixed(1)} | ${p99.toFixed(0)} |`);

async function main() {
  if (!existsSync(`${peers}/msw`)) installPackages();
  const server = await serve();
  const launch = chromiumLaunch();
  const browser = await chromium.launch({
    ...launch,
    args: [...launch.args, "--enable-precise-memory-info"],
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`http://localhost:${server.address().port}/`);
    await page.waitForFunction("globalThis.measureFetch !== undefined");
    const fetches = Number(values.fetches);
    console.log(`${describeMachine()}, ${browser.browserType().name()} ${browser.version()}\n`);
    console.log("| Hello World within a page | median µs | mean µs | p99 µs |\n|---|---|---|---|");
    const costs = {};
    for (const name of ["portico", "hono app.request()", "new Response().text()", "msw"]) {
      const count = name === "msw" ? Math.min(fetches, 500) : fetches;
      const runs = await page.evaluate(
        ([...args]) => globalThis.measureFetch(...args),
        [name, count, Number(values.rounds)],
      );
      const best = runs.toSorted((a, b) => a.mean - b.mean)[Math.floor(runs.length / 2)];
      costs[name] = best;
      row(`${name} (${count} fetches)`, best);
    }
    const { runs, heapGrowth } = await page.evaluate(
      (megabytes) => globalThis.measureStream(megabytes),
      Number(values.megabytes),
    );
    const part = median(runs.map((run) => run.portico / run.identity));
    for (const { portico, identity } of runs) {
      console.log(
        `stream: ${portico.toFixed(0)} MB/s through a handler, ${identity.toFixed(0)} MB/s through a TransformStream`,
      );
    }
    console.log(
      `stream: ${part.toFixed(2)} of the TransformStream's rate, heap grew by ${(heapGrowth / 1e6).toFixed(1)} MB`,
    );
    if (costs.portico.median > MAX_MICROSECONDS || part < LEAST_PART) process.exitCode = 1;
  } finally {
    await browser.close();
    server.close();
  }
}

await main();
