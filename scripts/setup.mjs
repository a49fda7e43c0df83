/**
 * Installs what a fresh machine lacks, saying so: the packages of the lock file, a Chromium, curl, proxies, wrk. Uses
 * Node alone, because it runs before there are packages.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { env, getuid, platform } from "node:process";
import { fileURLToPath } from "node:url";
import { findProgram, missing as notInstalled, PROXIES } from "../hardening/smuggling/installed.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const npm = platform === "win32" ? "npm.cmd" : "npm";

/** npm writes its two lock files moments apart. */
const toleranceMs = 10_000;

/** @param {string} path */
const modifiedMs = (path) =>
  statSync(root + path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {"inherit" | "ignore"} [output]
 */
function succeeds(command, args, output = "inherit") {
  const options = { cwd: root, env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
  return spawnSync(command, args, { ...options, stdio: ["ignore", output, output] }).status === 0;
}

/** @param {string} program */
const isInstalled = (program) => succeeds(program, ["--version"], "ignore");

/**
 * Runs `npm install` where node_modules is missing or older than the lock file, which it keeps to. (`npm ci` refuses
 * a lock file in which the registry had no version of a package for some other platform.)
 */
export function installPackages() {
  if (modifiedMs("node_modules/.package-lock.json") + toleranceMs > modifiedMs("package-lock.json")) return;
  console.log("Installing the npm packages that package-lock.json names (npm install) ...");
  if (succeeds(npm, ["install", "--no-audit", "--no-fund", "--loglevel=error"])) return;
  throw new Error(
    "`npm install` failed, see above. Portico's tools need the npm registry once, to install from.",
  );
}

/**
 * Chromium and curl, which the tests drive, and what the longer ones start: nginx, HAProxy, wrk. What can't be had is
 * said: the tests of the first two will fail, those of the others are skipped or go without.
 */
export async function installPrograms() {
  const { findChromium } = await import("./chromium.mjs");
  const absent = [...PROXIES, "wrk"].filter((name) => findProgram(name) === undefined);
  const missing = [
    ...(findChromium() ? [] : ["chromium"]),
    ...(isInstalled("curl") ? [] : ["curl"]),
    ...absent,
  ];
  if (missing.length === 0) return;
  const apt = aptGet();
  if (apt) {
    console.log(`Installing ${missing.join(" and ")} with apt-get ...`);
    const [command = "", ...args] = apt;
    succeeds(command, [...args, "update", "-qq"], "ignore");
    for (const name of missing) install(name, command, args);
  }
  const proxies = notInstalled();
  if (proxies) console.log(`The cases that start a proxy are skipped: ${proxies}.`);
  if (findProgram("wrk") === undefined) console.log("There is no wrk: the soak goes without its traffic.");
  if (!findChromium()) {
    console.log("Installing Playwright's own Chromium ...");
    succeeds(process.execPath, ["node_modules/playwright/cli.js", "install", "chromium"], "ignore");
  }
  if (!findChromium()) {
    console.log("There is no Chromium and none could be installed: the browser tests will fail.");
    console.log("Install Chromium or Chrome, or name one: CHROMIUM=/path/to/chromium npm test");
  }
  if (!isInstalled("curl")) {
    console.log("There is no curl and none could be installed: the tests that call it will fail.");
  }
}

/** Debian's packages start their programs as services, unless this forbids it (invoke-rc.d). */
const POLICY = "/usr/sbin/policy-rc.d";
const FORBIDDEN = 101;

/**
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 */
function install(name, command, args) {
  const service = PROXIES.includes(name);
  const hasPolicy = existsSync(POLICY);
  const own = service && !hasPolicy && getuid?.() === 0;
  // Somebody else's ports are not for a test to take: where it can't be forbidden, installing is left to them.
  if (service && !own && !(hasPolicy && spawnSync(POLICY, [name, "start"]).status === FORBIDDEN)) return;
  try {
    if (own) writeFileSync(POLICY, `#!/bin/sh\nexit ${FORBIDDEN}\n`, { mode: 0o755 });
    succeeds(command, [...args, "install", "-y", "-qq", "--no-install-recommends", name], "ignore");
  } finally {
    if (own) rmSync(POLICY);
  }
}

/** How apt-get can be run here without asking anybody, if at all. */
function aptGet() {
  if (!isInstalled("apt-get")) return undefined;
  if (getuid?.() === 0) return ["apt-get"];
  return succeeds("sudo", ["-n", "true"], "ignore") ? ["sudo", "-n", "apt-get"] : undefined;
}
