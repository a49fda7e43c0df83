/**
 * `node scripts/runtime-tests/run.mjs bun|deno [PATH]...`: the suites that run on every platform, and the
 * runtime's own (`*.bun.test.ts`, `*.deno.test.ts`), on the real binary. Files are bundled with the
 * package's own names leading to the sources that the runtime's export condition picks. The binary comes
 * from npm, in the version that the bench pins; it is the bench's own where that is installed.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { asked, Misuse } from "../arguments.mjs";
import { entries, root } from "../entries.mjs";
import { shortNames } from "../internal-names.mjs";

/** @type {Record<string, { package: string, file: string, args: string[] }>} */
const runtimes = {
  bun: { package: "@oven/bun-linux-x64", file: "bin/bun", args: ["run"] },
  deno: { package: "@deno/linux-x64-glibc", file: "deno", args: ["run", "--allow-all", "--quiet"] },
};

/** Not about the network or the server, and counting on the order of tasks that Node and browsers have. */
const elsewhere = ["src/adapters/virtual/turns.test.ts"];

const [name = "", ...filters] = process.argv.slice(2);
const runtime = asked(() => {
  const found = runtimes[name];
  if (found === undefined) throw new Misuse(`which runtime? ${Object.keys(runtimes).join(" or ")}`);
  const all = ["src", "examples"].filter((folder) => existsSync(root + folder)).flatMap(testsIn);
  const stranger = filters.find((filter) => !all.some((file) => file.includes(filter)));
  if (stranger !== undefined) throw new Misuse(`there is no test ${JSON.stringify(stranger)}`);
  return found;
});

/** The runtime's tests, and those of every platform. */
function testFiles() {
  const files = ["src", "examples"].filter((folder) => existsSync(root + folder)).flatMap(testsIn);
  const wanted = (/** @type {string} */ file) =>
    filters.length === 0 || filters.some((filter) => file.includes(filter));
  return files.filter((file) => wanted(file) && !elsewhere.includes(file));
}

/** @param {string} folder */
function testsIn(folder) {
  const all = readdirSync(root + folder, { recursive: true, encoding: "utf8" }).map(
    (file) => `${folder}/${file}`,
  );
  return all.filter((file) => {
    const platform = /\.(?:(\w+)\.)?test\.ts$/.exec(file);
    return platform !== null && (platform[1] === undefined || platform[1] === name);
  });
}

/** `portico` and its sub-paths as the runtime resolves them, in the order of its conditions. */
function alias() {
  const conditions = [name, "node", undefined];
  /** @type {Record<string, { rank: number, path: string }>} */
  const best = {};
  for (const entry of entries) {
    const rank = conditions.indexOf(entry.condition);
    const key = `portico${entry.name.slice(1)}`;
    if (rank >= 0 && rank < (best[key]?.rank ?? conditions.length))
      best[key] = { rank, path: root + entry.source };
  }
  return Object.fromEntries(Object.entries(best).map(([key, { path }]) => [key, path]));
}

/** @param {(typeof runtimes)[string]} wanted */
function binary({ package: packageName, file }) {
  const inFolder = (/** @type {string} */ folder) => `${folder}/node_modules/${packageName}/${file}`;
  const ofTheBench = inFolder(`${root}bench/peers`);
  const own = inFolder(`${root}.build/runtimes`);
  if (existsSync(ofTheBench)) return ofTheBench;
  if (existsSync(own)) return own;
  const peers = JSON.parse(readFileSync(`${root}bench/peers/package.json`, "utf8"));
  const versioned = `${packageName}@${peers.optionalDependencies[packageName]}`;
  console.log(`installing ${versioned}`);
  const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  const install = ["install", "--prefix", `${root}.build/runtimes`, ...flags, versioned];
  const { status } = spawnSync("npm", install, { stdio: "inherit" });
  if (status !== 0) throw new Error(`npm could not install ${versioned}`);
  chmodSync(own, 0o755);
  return own;
}

const outdir = `${root}.build/${name}-tests`;
rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ["scripts/runtime-tests/main.ts", ...testFiles()],
  outdir,
  outbase: root,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  packages: "external",
  external: ["node:*"],
  alias: alias(),
  // As in dist, so that what is short there is tested.
  ...shortNames,
  sourcemap: "inline",
  logLevel: "warning",
});

const bundles = testFiles().map((file) => `${outdir}/${file.replace(/\.ts$/, ".mjs")}`);
const main = `${outdir}/scripts/runtime-tests/main.mjs`;
const { status } = spawnSync(binary(runtime), [...runtime.args, main, ...bundles], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
