/**
 * Writes dist/: one bundle an entry point with what they share in chunks, and declarations. Modules
 * stay platform neutral (`node:*` and packages are imported, not bundled). `--bundles` leaves the
 * declarations out, which is all that running a program needs.
 *
 * There are two builds. A page's bundler, and other runtimes, get chunks that leave out what is not used. Node takes
 * half a millisecond to find and read each file, and gets what its entry points have in common as one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { asked, flagsFrom } from "./arguments.mjs";
import { cookieJar } from "./cookie-jar.mjs";
import { bins, entries, root, scripts } from "./entries.mjs";
import { inlineConstants } from "./inline-constants.mjs";
import { shortNames } from "./internal-names.mjs";
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

/**
 * esbuild makes a chunk of what the same entry points reach, those that are imported later among them: here each of
 * them reaches all of `portico`.
 *
 * @type {import("esbuild").Plugin}
 */
const wholeCore = {
  name: "whole-core",
  setup({ onResolve, onLoad }) {
    const namespace = "entry";
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      const file = join(resolveDir, path);
      if (kind === "entry-point" || kind === "dynamic-import") return { path: file, namespace };
      // An import of something that has no effects and no user would be dropped.
      return { path: file, sideEffects: true };
    });
    onLoad({ filter: /./, namespace }, async ({ path }) => {
      const own = relative(root, path).replaceAll("\\", "/");
      const source = await readFile(path, "utf8");
      const [shebang] = /^#!.*\n/.exec(source) ?? [""];
      // `export *` leaves the default one out.
      const main = /^export default /m.test(source) ? ` export { default } from "./${own}";` : "";
      return {
        contents: `${shebang}import "./src/index.node.ts"; export * from "./${own}";${main}`,
        resolveDir: root,
      };
    });
  },
};

const started = performance.now();
/** One file may stand in the table for several conditions. */
const files = [...new Map([...entries, ...bins].map((file) => [file.output, file])).values()];
const { bundles: bundlesOnly } = asked(() => flagsFrom("bundles"));

await rm(`${root}dist`, { recursive: true, force: true });
await Promise.all([bundle(), bundleScripts(), bundlesOnly ? undefined : declarations()]);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`built dist/: ${entries.length} entry points, ${bins.length} program(s), ${seconds} s`);

async function bundle() {
  await Promise.all([
    bundleFor(files.filter(({ ownBuild }) => !ownBuild)),
    bundleFor(
      files.filter(({ ownBuild }) => ownBuild),
      [wholeCore],
    ),
  ]);
  await mkdir(`${root}dist/licenses`, { recursive: true });
  for (const name of ["tough-cookie", "pako"]) {
    await copyFile(`${root}node_modules/${name}/LICENSE`, `${root}dist/licenses/${name}.txt`);
  }
}

/**
 * @param {readonly { source: string, output: string }[]} points
 * @param {readonly import("esbuild").Plugin[]} [plugins]
 */
async function bundleFor(points, plugins = []) {
  await build({
    absWorkingDir: root,
    entryPoints: points.map(({ source, output }) => ({ in: source, out: output.replace(/\.js$/, "") })),
    outdir: "dist",
    chunkNames: "chunks/[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    packages: "external",
    external: ["node:*"],
    // For `inlineConstants`, which who bundles this for a page could not do: there they are variables.
    minifySyntax: true,
    ...shortNames,
    sourcemap: true,
    legalComments: "none",
    logLevel: "warning",
    plugins: [...plugins, inlineConstants, cookieJar, zlib, porticoPackageForEsbuild],
  });
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
