/**
 * Browsers beside Chromium, as commands with a URL behind them. `npm run test:hard -- Firefox` and `-- WebKitGTK` run the
 * page's tests in those that are found.
 */
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env } from "node:process";

/**
 * @typedef {object} Browser
 * @property {string} file
 * @property {(url: string, profile: string) => string[]} args The profile is an empty folder of its own.
 */

const inPath = (/** @type {readonly string[]} */ names) =>
  (env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

/** @returns {Browser | undefined} */
export function findFirefox() {
  const file = inPath(["firefox", "firefox-esr"]);
  return file
    ? { file, args: (url, profile) => ["--headless", "--no-remote", "--profile", profile, url] }
    : undefined;
}

/** WebKitGTK, the nearest to Safari that Linux has: Debian's `webkit2gtk-driver`, and `xvfb` for a screen. */
export function findWebKit() {
  const xvfb = inPath(["xvfb-run"]);
  const libraries = "/usr/lib/x86_64-linux-gnu";
  const browser = (existsSync(libraries) ? readdirSync(libraries) : [])
    .filter((name) => name.startsWith("webkit2gtk-"))
    .map((name) => `${libraries}/${name}/MiniBrowser`)
    .find((path) => existsSync(path));
  if (!xvfb || !browser) return undefined;
  return { file: xvfb, args: (/** @type {string} */ url) => ["-a", browser, url] };
}
