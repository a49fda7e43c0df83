import { playwright } from "@vitest/browser-playwright";
import { configDefaults, defineConfig } from "vitest/config";
import { chromiumLaunch } from "./scripts/chromium.mjs";
import { commandProvider } from "./scripts/command-provider.mjs";
import { entries, root } from "./scripts/entries.mjs";
import { findFirefox, findWebKit } from "./scripts/other-browsers.mjs";
import { porticoPackage } from "./scripts/portico-package.mjs";

/** The package's own names lead to the sources, so that examples and tests import what users import. */
function alias(condition: "node" | undefined) {
  const mine = entries.filter(
    (entry) =>
      entry.condition === condition || !entries.some((other) => other !== entry && other.name === entry.name),
  );
  return mine.map(({ name, source }) => ({
    find: new RegExp(`^portico${name.slice(1)}$`),
    replacement: root + source,
  }));
}

const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: chromiumLaunch() }),
  instances: [{ browser: "chromium" as const }],
});

type BrowserOptions = ReturnType<typeof browser> | ReturnType<typeof otherBrowser>;

const otherBrowser = (found: NonNullable<ReturnType<typeof findFirefox>>) => ({
  enabled: true,
  screenshotFailures: false,
  provider: commandProvider(found),
  instances: [{ browser: "chromium" as const }], // a name that Vitest's types know
});

const exclude = [...configDefaults.exclude, "dist*/**", ".build/**", "**/*.{bun,deno,hard,quick}.test.ts"];

/** What is measured has the machine to itself: one file at a time. */
const alone = (name: string, minutes: number) => ({
  resolve: { alias: alias("node") },
  test: {
    name,
    include: [`{src,hardening,scripts}/**/*.${name}.test.ts`],
    exclude: [...configDefaults.exclude, "dist*/**", ".build/**"],
    testTimeout: minutes * 60_000,
    hookTimeout: minutes * 60_000,
    fileParallelism: false,
  },
});

/** For a case and for a hook: a machine that is busy with other things is no failure. */
const patience = { testTimeout: 20_000, hookTimeout: 30_000 };

const inPage = (name: string, options: BrowserOptions) => ({
  plugins: [porticoPackage()],
  resolve: { alias: alias(undefined) },
  optimizeDeps: { entries: ["src/**/*.test.ts"] },
  oxc: { target: "es2022" },
  test: {
    ...patience,
    name,
    setupFiles: name === "webkit" ? ["scripts/using-symbols.ts"] : [],
    include: ["src/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: [...exclude, "**/*.{node,program}.test.ts"],
    browser: options,
  },
});

const [firefox, webkit] = [findFirefox(), findWebKit()];

// `*.test.ts` runs on every platform: on Node, in a page and in a worker. `*.node.test.ts` runs on
// Node only, `*.browser.test.ts` in a page only. `*.program.test.ts` runs on Node and starts programs in
// processes of their own, which takes its time. `*.hard.test.ts` and `*.quick.test.ts`: hardening/README.md.
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [porticoPackage()],
        resolve: { alias: alias("node") },
        test: {
          ...patience,
          name: "node",
          include: ["{src,web,examples,scripts}/**/*.test.ts"],
          exclude: [...exclude, "**/*.{browser,program}.test.ts"],
        },
      },
      {
        resolve: { alias: alias("node") },
        test: {
          ...patience,
          name: "programs",
          include: ["{src,examples,scripts}/**/*.program.test.ts"],
          exclude,
        },
      },
      inPage("page", browser()),
      ...(firefox ? [inPage("firefox", otherBrowser(firefox))] : []),
      ...(webkit ? [inPage("webkit", otherBrowser(webkit))] : []),
      {
        plugins: [porticoPackage()],
        resolve: { alias: alias(undefined) },
        optimizeDeps: { entries: ["src/**/*.test.ts"] },
        test: {
          ...patience,
          name: "worker",
          include: ["scripts/worker-tests/*.browser.test.ts"],
          browser: browser(),
        },
      },
      alone("quick", 3),
      alone("hard", 60),
    ],
  },
});
