import { defineConfig } from "playwright/test";
import { chromiumLaunch } from "./scripts/chromium.mjs";

/** End-to-end tests: what a person does, in a real browser, against what `npm start` starts. */
export default defineConfig({
  testDir: "e2e",
  outputDir: ".build/e2e",
  forbidOnly: true,
  retries: 0,
  workers: 1,
  timeout: 60_000,
  use: { browserName: "chromium", launchOptions: chromiumLaunch() },
});
