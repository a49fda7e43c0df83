/**
 * `npm start [-- --port 8080]`: installs and builds what is missing or out of date, then serves the web page
 * and the examples on 127.0.0.1, with Portico itself.
 */
import { spawnSync } from "node:child_process";
import { chdir, execPath, exit, platform } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installPackages } from "./setup.mjs";

chdir(fileURLToPath(new URL("..", import.meta.url)));
const { values } = parseArgs({ options: { port: { type: "string" } } });
const asked = values.port === undefined ? undefined : Number(values.port);
if (asked !== undefined && !(Number.isInteger(asked) && asked >= 0 && asked <= 65_535)) {
  console.error(`--port wants a number from 0 to 65535, got ${JSON.stringify(values.port)}`);
  exit(2);
}

installPackages();
const { isStale } = await import("./stale.mjs");
const sources = ["src", "package.json", "package-lock.json", "scripts"];
if (isStale("dist/index.node.js", sources)) build("Portico", ["scripts/build.mjs", "--bundles"]);
if (isStale("dist-web/index.html", ["web", "vite.config.ts", ...sources])) {
  build("the web page", ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]);
  packPortico();
}
const { startSite } = await import("./site.mjs");
const site = await startSite(asked);
console.log(`\nPortico serves its page and the examples: ${site.url}   (Ctrl-C stops it)`);
console.log(`The playground's previews have an origin of their own: ${site.previews}`);

process.once("SIGINT", stop);
process.once("SIGTERM", stop);
if (process.env.npm_lifecycle_event) stopWithNpm();

async function stop() {
  console.log("\nStopping ...");
  await site.close();
  exit(0);
}

/** npm runs this in a shell that dies of a signal without passing it on. */
function stopWithNpm() {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

/** The package as a tarball beside the page, for the projects that the playground makes. They go without it, too. */
function packPortico() {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", "dist-web"];
  const { status } = spawnSync("npm", args, {
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
  const { status } = spawnSync(execPath, args, { stdio: "inherit" });
  if (status === 0) return;
  console.error(`Building ${what} failed, see above.`);
  exit(1);
}
