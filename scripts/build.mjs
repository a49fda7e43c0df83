/**
 * Writes dist/: one bundle an entry point with what they share in chunks, and declarations. Modules
 * stay platform neutral (`node:*` and packages are imported, not bundled). `--bundles` leaves the
 * declarations out, which is all that running a program needs.
 */
import { spawn } from "node:child_process";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bins, entries, root, scripts } from "./entries.mjs";

/**
 * tough-cookie comes along in the package: a page without a bundler could not import it. The public suffix
 * list, five sixths of it (57 KB gzipped with, 9 KB without), stays out: its one user has `localhost` alone.
 *
 * @type {import("esbuild").Plugin}
 */
const cookieJar = {
  name: "cookie-jar",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tough-cookie$/ }, () => ({
      path: fileURLToPath(import.meta.resolve("tough-cookie")),
    }));
    onResolve({ filter: /^tldts$/ }, () => ({ path: "tldts", namespace: "no-suffixes" }));
    onLoad({ filter: /^tldts$/, namespace: "no-suffixes" }, () => ({
      contents: "export const getDomain = () => null;",
    }));
  },
};

const started = performance.now();
const bundlesOnly = process.argv.includes("--bundles");

await rm(`${root}dist`, { recursive: true, force: true });
await Promise.all([bundle(), bundleScripts(), bundlesOnly ? undefined : declarations()]);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`built dist/: ${entries.length} entry points, ${bins.length} program(s), ${seconds} s`);

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: [...entries, ...bins].map(({ source, output }) => ({
      in: source,
      out: output.replace(/\.js$/, ""),
    })),
    outdir: "dist",
    chunkNames: "chunks/[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    packages: "external",
    external: ["node:*"],
    sourcemap: true,
    legalComments: "none",
    logLevel: "warning",
    plugins: [cookieJar],
  });
  await mkdir(`${root}dist/licenses`, { recursive: true });
  await copyFile(`${root}node_modules/tough-cookie/LICENSE`, `${root}dist/licenses/tough-cookie.txt`);
}

async function bundleScripts() {
  await build({
    absWorkingDir: root,
    entryPoints: scripts.map(({ source, output }) => ({ in: source, out: output.replace(/\.js$/, "") })),
    outdir: "dist",
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
  });
}

/** @returns {Promise<void>} */
function declarations() {
  const tsc = spawn(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    tsc.once("error", reject);
    tsc.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`declarations: tsc exited with ${code}`)),
    );
  });
}
