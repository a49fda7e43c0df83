/** Finds the Chromium that the browser tests drive, wherever a machine has it. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env, getuid, platform } from "node:process";
import { chromium } from "playwright";

const variables = ["CHROMIUM", "CHROMIUM_PATH", "CHROME_BIN", "PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"];
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const macOs = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * The browser's executable: what a variable of the environment says, Playwright's own download, or an
 * installed Chromium or Chrome, in that order.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = variables.map((name) => env[name]).find(Boolean);
  if (named) return named;
  const own = chromium.executablePath();
  const installed = (env.PATH ?? "").split(delimiter).flatMap((dir) => names.map((name) => join(dir, name)));
  return [own, ...installed, ...(platform === "darwin" ? macOs : [])].find(
    (path) => path && existsSync(path),
  );
}

/** Keeps the browser quiet, and without its sandbox where that can't work: as root. */
export const chromiumFlags = [
  ...(getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Launch options for Playwright, in tests of every kind. */
export function chromiumLaunch() {
  const executablePath = findChromium();
  return { args: chromiumFlags, ...(executablePath ? { executablePath } : {}) };
}
