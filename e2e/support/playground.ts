/** The playground, served as `npm start` serves it, and a page of it that must not complain. */
import { type ChildProcess, spawn } from "node:child_process";
import { test as base, expect, type Page } from "playwright/test";

interface Fixtures {
  /** Errors of the page's console so far; a test that expects some empties it. */
  complaints: string[];
  playground: Playground;
}

/** Drives the page by the names that assistive technology sees. */
export class Playground {
  readonly page: Page;
  readonly url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
  }

  region = (name: string) => this.page.getByRole("region", { name, exact: true });
  button = (name: string) => this.page.getByRole("button", { name, exact: true });
  status = () => this.page.getByRole("status", { name: "Engine" });
  example = () => this.page.getByRole("combobox", { name: "Example" });

  async open(hash = ""): Promise<void> {
    await this.page.goto(`${this.url}${hash}`);
    await expect(this.status()).toHaveText(/ready/);
  }

  /** Puts a program in place of what is in the editor. */
  async write(code: string): Promise<void> {
    const editor = this.page.getByRole("textbox", { name: "Program" });
    await editor.focus();
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(code);
  }

  async run(code?: string): Promise<void> {
    if (code !== undefined) await this.write(code);
    await this.button("Run").click();
  }

  /** Types bytes in the raw mode and sends them. */
  async sendRaw(text: string): Promise<void> {
    await this.button("Raw bytes").click();
    await this.page.getByLabel("Bytes to send").fill(text);
    await this.button("Send").click();
  }
}

export const test = base.extend<Fixtures, { site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const { url, stop } = await startSite();
      await use(url);
      await stop();
    },
    // The first test of a run builds the page.
    { scope: "worker", timeout: 240_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  complaints: async ({}, use) => {
    await use([]);
  },
  playground: async ({ page, site, complaints }, use) => {
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await use(new Playground(page, site));
    expect(complaints).toEqual([]);
  },
});

export { expect };

async function startSite(): Promise<{ url: string; stop(): Promise<void> }> {
  const running: ChildProcess = spawn(process.execPath, ["scripts/start.mjs"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let output = "";
    running.stdout?.on("data", (text) => {
      output += text;
      const found = /Portico serves .*(http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    running.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
  const stop = async () => {
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await ended;
  };
  return { url, stop };
}
