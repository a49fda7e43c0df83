import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** The package's own names, so that examples and tests import what users import. */
const portico = (index: string) => [
  { find: /^portico$/, replacement: src(index) },
  { find: /^portico\/(node|virtual)$/, replacement: `${src("adapters")}/$1/index.ts` },
  { find: /^portico\/(static|client|testing)$/, replacement: `${src("")}$1/index.ts` },
];

// `*.test.ts` runs on every platform, `*.node.test.ts` on Node only, `*.browser.test.ts` in Chromium only.
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: portico("index.node.ts") },
        test: {
          name: "node",
          include: ["src/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["**/*.browser.test.ts", "**/node_modules/**"],
        },
      },
    ],
  },
});
