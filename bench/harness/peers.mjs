/**
 * Brings the peers: npm packages with pinned versions into bench/peers, wrk and Nim from Debian where
 * this user may install, the seed compiled with `-d:release`.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { versionOf } from "./machine.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));
const modules = `${bench}peers/node_modules`;
const package_ = `${bench}..`;
const seedBinary = `${bench}peers/node_modules/.seed/seed`;

/** The program that each runtime's servers are run with. */
export const runtimes = {
  node: process.execPath,
  node22: `${modules}/node22/bin/node`,
  node24: `${modules}/node24/bin/node`,
  node26: `${modules}/node26/bin/node`,
  bun: `${modules}/@oven/bun-linux-x64/bin/bun`,
  deno: `${modules}/@deno/linux-x64-glibc/deno`,
  seed: seedBinary,
};

function run(file, args, cwd) {
  const { status, stderr } = spawnSync(file, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} failed:\n${stderr}`);
}

const asRoot = () => process.getuid?.() === 0;

/** A Debian program: there already, or installed when this user may. */
function debian(program, probe) {
  if (versionOf(program, probe) !== undefined) return true;
  if (!asRoot() || versionOf("apt-get") === undefined) return false;
  console.log(`installing ${program} (apt-get install ${program})`);
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-y", "-qq", program]);
  return true;
}

export function installPackages() {
  const lock = `${bench}peers/package-lock.json`;
  const installed = `${modules}/.package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("installing the peers (bench/peers, about 800 MB with every runtime)");
  run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], `${bench}peers`);
  for (const name of ["node22", "node24", "node26", "bun", "deno"]) {
    if (existsSync(runtimes[name])) chmodSync(runtimes[name], 0o755);
  }
}

function compileSeed() {
  const source = `${bench}servers/seed.nim`;
  if (existsSync(seedBinary) && statSync(seedBinary).mtimeMs > statSync(source).mtimeMs) return;
  if (!debian("nim")) return;
  mkdirSync(`${modules}/.seed`, { recursive: true });
  run("nim", [
    "c",
    "-d:release",
    "--hints:off",
    `--nimcache:${modules}/.seed/cache`,
    `-o:${seedBinary}`,
    source,
  ]);
}

function writeAssets() {
  mkdirSync(`${bench}results/assets`, { recursive: true });
  writeFileSync(`${bench}results/assets/64k.txt`, "x".repeat(65536));
}

/** Everything that the rows need; throws where nothing could be measured at all. */
export function preparePeers() {
  if (!debian("wrk", "-v")) {
    throw new Error("wrk is missing: install it (Debian: apt-get install wrk) and run again");
  }
  if (versionOf("taskset") === undefined) throw new Error("taskset is missing (Debian: util-linux)");
  installPackages();
  compileSeed();
  writeAssets();
  console.log("building portico");
  run("npm", ["run", "-s", "build"], package_);
}

const packageVersion = (name) => JSON.parse(readFileSync(`${modules}/${name}/package.json`, "utf8")).version;

/** Name → version of everything that took part. */
export function versions() {
  const git = spawnSync("git", ["describe", "--always", "--dirty"], { cwd: package_ });
  const own = JSON.parse(readFileSync(`${package_}/package.json`, "utf8")).version;
  const named = { portico: `${own} (${git.stdout?.toString().trim() || "no git"})` };
  for (const [name, file] of Object.entries(runtimes)) {
    if (name === "seed") continue;
    const said = existsSync(file)
      ? versionOf(file)
          ?.split("\n")[0]
          ?.replace(/^(deno |v)/, "")
      : undefined;
    named[name] = said?.split(" ")[0] ?? "missing";
  }
  for (const name of ["fastify", "@fastify/static", "hono", "@hono/node-server", "srvx"]) {
    named[name] = packageVersion(name);
  }
  const nim = existsSync(seedBinary) ? versionOf("nim") : undefined;
  named["seed (Nim)"] = /Version (\S+)/.exec(nim ?? "")?.[1] ?? "missing";
  named.wrk = /wrk (\S+)/.exec(versionOf("wrk", "-v") ?? "")?.[1] ?? "unknown";
  return named;
}

export const isInstalled = (runtime) => existsSync(runtimes[runtime]);
