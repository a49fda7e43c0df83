/**
 * Writes dist/: one bundle an entry point with what they share in chunks, and declarations. Modules
 * stay platform neutral (`node:*` and packages are imported, not bundled). `--bundles` leaves the
 * declarations out, which is all that running a program needs.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cookieJar } from "./cookie-jar.mjs";
import { bins, entries, root, scripts } from "./entries.mjs";
import { porticoPackageForEsbuild } from "./portico-package.mjs";

/**
 * pako comes along in the package, as the cookie jar does: a page without a bundler could not import it. It is a
 * chunk that the first compressed WebSocket loads.
 *
 * @type {import("esbuild").Plugin}
 */
const zlib = {
  name: "zlib",
  setup({ onResolve }) {
    // Its functions have no effects when they are loaded: what is not used stays out.
    onResolve({ filter: /^pako$/ }, () => ({
      path: fileURLToPath(import.meta.resolve("pako")),
      sideEffects: false,
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
    // Constants become their numbers here: who bundles this sees variables, which could change.
    minifySyntax: true,
    sourcemap: true,
    legalComments: "none",
    logLevel: "warning",
    plugins: [cookieJar, zlib, porticoPackageForEsbuild],
  });
  await mkdir(`${root}dist/licenses`, { recursive: true });
  for (const name of ["tough-cookie", "pako"]) {
    await copyFile(`${root}node_modules/${name}/LICENSE`, `${root}dist/licenses/${name}.txt`);
  }
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

/** Declarations of the entry points and of what they reach, so that no test's helper comes along. */
async function declarations() {
  await mkdir(`${root}.build`, { recursive: true });
  const config = { extends: "../tsconfig.build.json", files: entries.map(({ source }) => `../${source}`) };
  await writeFile(`${root}.build/tsconfig.json`, JSON.stringify(config));
  const args = ["node_modules/typescript/bin/tsc", "-p", ".build/tsconfig.json"];
  const [code] = await once(spawn(process.execPath, args, { cwd: root, stdio: "inherit" }), "exit");
  if (code !== 0) throw new Error(`declarations: tsc exited with ${code}`);
}
