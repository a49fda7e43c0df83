/** A browser for Vitest that nothing drives: it is started with a URL, and the page there reports by itself. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineBrowserProvider } from "@vitest/browser";

/** @typedef {import("./other-browsers.mjs").Browser} Browser */
/** @typedef {import("vitest/node").BrowserProvider} BrowserProvider */

/** @param {Browser} browser */
export function commandProvider(browser) {
  return defineBrowserProvider({
    name: "command",
    options: {},
    providerFactory: () => new CommandProvider(browser),
  });
}

/** No first page, and no questions. */
const stillFirefox = ["browser.aboutwelcome.enabled", "browser.shell.checkDefaultBrowser"];

/** @implements {BrowserProvider} */
class CommandProvider {
  name = "command";
  supportsParallelism = false;
  #profile = mkdtempSync(join(tmpdir(), "portico-browser-"));
  #browser;
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #running;

  /** @param {Browser} browser */
  constructor(browser) {
    this.#browser = browser;
    const lines = stillFirefox.map((name) => `user_pref("${name}", false);\n`);
    writeFileSync(join(this.#profile, "user.js"), lines.join(""));
  }

  getCommandsContext() {
    return {};
  }

  /**
   * @param {string} _session
   * @param {string} url
   */
  async openPage(_session, url) {
    this.#end();
    const { file, args } = this.#browser;
    // A group of its own: a browser is many processes.
    this.#running = spawn(file, args(url, this.#profile), { detached: true, stdio: "ignore" });
    this.#running.on("error", (error) => console.error(`${file} did not start: ${error.message}`));
  }

  close() {
    this.#end();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }

  #end() {
    const pid = this.#running?.pid;
    this.#running = undefined;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
