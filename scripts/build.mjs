/**
 * Writes dist/: one bundle an entry point with what they share in chunks, and declarations. Modules
 * stay platform neutral (`node:*` and packages are imported, not bundled). `--bundles` leaves the
 * declarations out, which is all that running a program needs.
 */
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { build } from "esbuild";
import { bins, entries, root } from "./entries.mjs";

const started = performance.now();
const bundlesOnly = process.argv.includes("--bundles");

await rm(`${root}dist`, { recursive: true, force: true });
await Promise.all([bundle(), bundlesOnly ? undefined : declarations()]);
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
