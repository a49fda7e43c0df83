/** What `npm start` and `npm run docs` serve, built where it is missing or out of date. */
import { spawn, spawnSync } from "node:child_process";
import { execPath, platform } from "node:process";
import { root } from "./entries.mjs";
import { isStale } from "./stale.mjs";

const sources = ["src", "package.json", "package-lock.json", "scripts"];

/** Portico itself, which serves everything else. */
export function buildPackage() {
  if (isStale("dist/index.node.js", sources)) build("Portico", ["scripts/build.mjs", "--bundles"]);
}

/** The playground and its pages, with the package as a tarball beside them. */
export function buildPages() {
  if (!isStale("dist-web/index.html", ["web", "examples", "vite.config.ts", ...sources])) return;
  build("the web page", ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]);
  packPortico();
}

/**
 * The docs site. It takes longer than all the rest, so it is built in a process of its own, beside whatever else is
 * to be done.
 *
 * @returns {{ done: Promise<boolean>, stop(): void } | undefined} `undefined` when it is there already.
 */
export function startDocsBuild() {
  if (!isStale("dist-docs/index.html.gz", ["docs", "examples", ...sources])) return undefined;
  console.log("Building the docs ...");
  const child = spawn(execPath, ["scripts/docs/build.mjs"], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const done = new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code, signal) => {
      if (code !== 0 && !signal) console.error(`Building the docs failed:\n${output}`);
      resolve(code === 0);
    });
  });
  return { done, stop: () => void child.kill() };
}

/** The projects that the playground makes bring it along; they go without it, too. */
function packPortico() {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", "dist-web"];
  const { status } = spawnSync("npm", args, {
    cwd: root,
    shell: platform === "win32",
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0)
    console.error("The package could not be packed: downloads will name its version instead.");
}

/**
 * @param {string} what
 * @param {readonly string[]} args
 */
function build(what, args) {
  console.log(`Building ${what} ...`);
  const { status } = spawnSync(execPath, args, { cwd: root, stdio: "inherit" });
  if (status === 0) return;
  console.error(`Building ${what} failed, see above.`);
  process.exit(1);
}
