import { fileURLToPath } from "node:url";

/**
 * tough-cookie comes along in the package: a page without a bundler could not import it. The public suffix
 * list, five sixths of it (57 KB gzipped with, 9 KB without), stays out: its one user has `localhost` alone.
 *
 * @type {import("esbuild").Plugin}
 */
export const cookieJar = {
  name: "cookie-jar",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tough-cookie$/ }, () => ({
      path: fileURLToPath(import.meta.resolve("tough-cookie")),
    }));
    onResolve({ filter: /^tldts$/ }, () => ({ path: "tldts", namespace: "no-suffixes" }));
    onLoad({ filter: /^tldts$/, namespace: "no-suffixes" }, () => ({
      contents: "export const getDomain = () => null;",
    }));
  },
};
