import type { KnipConfig } from "knip";
import { bins, entries, scripts } from "./scripts/entries.mjs";

const config: KnipConfig = {
  entry: [
    ...[...entries, ...bins, ...scripts].map(({ source }) => `${source}!`),
    "{src,examples,scripts,hardening}/**/*.test.ts",
    // Run in processes of their own, by their path.
    "hardening/**/*.child.ts",
    "hardening/fuzz/worker.ts",
    "examples/*.ts",
    "e2e/*.spec.ts",
    "e2e/previews/host.ts",
    "e2e/frameworks/host.ts",
    "src/node-http/test/page.ts",
    // Pages, and what scripts/web-build.mjs bundles by its name.
    "web/{main,boot/main,embed/main,frame/main,node/main,offline-worker,preview-origin/dock,preview-origin/socket}.ts",
    "src/cli/container-relay.ts!",
    "e2e/webcontainer/page.ts",
    "web/sandbox/{worker,portico}.ts",
    "web/preview/bridge.ts",
    "bench/*.{ts,mjs}",
    "scripts/*.mjs",
    "scripts/docs/*.mjs",
    "docs/.vitepress/{config,theme/index}.ts",
    "scripts/worker-tests/worker.ts",
    // What vitest.config.ts names only where there is a WebKit.
    "scripts/using-symbols.ts",
    "scripts/runtime-tests/{run.mjs,main.ts}",
  ],
  // The benchmark's peers have a package.json of their own.
  project: ["{src,web,examples,e2e,bench,scripts,hardening}/**/*.{ts,mjs}", "!bench/{servers,peers}/**"],
  ignoreExportsUsedInFile: true,
  // Run by their path; what a bundler takes for Node's modules; what generated programs import; and programs of
  // the operating system.
  ignoreDependencies: [
    "@arethetypeswrong/cli",
    "express-generator",
    "typedoc-plugin-markdown",
    ...["assert", "buffer", "events", "string_decoder", "util"],
    ...["cookie-parser", "debug", "morgan"],
  ],
  ignoreBinaries: ["unshare", "taskset", "mkfifo"],
};

export default config;
