/**
 * The pages and headers that engines need beside the playground's own: the same page once more, isolated across
 * origins, for WebContainers; and what another origin serves, for previews with real URLs.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";
import { cookieJar } from "./cookie-jar.mjs";
import { root } from "./entries.mjs";

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Headers by path.
 *
 * @param {Record<string, string>} page Of the playground's page itself.
 * @returns {Record<string, Record<string, string>>}
 */
export function isolatedHeaders(page) {
  return {
    "/isolated.html": { ...page, ...ISOLATION },
    ...Object.fromEntries(isolatedParts.map((name) => [`/isolated-${name}`, ISOLATION])),
  };
}

/**
 * In the form that static hosts read.
 *
 * @param {Record<string, Record<string, string>>} byPath
 */
export function headerLines(byPath) {
  const blocks = Object.entries(byPath).map(([path, fields]) =>
    [path, ...Object.entries(fields).map(([name, value]) => `  ${name}: ${value}`), ""].join("\n"),
  );
  return blocks.join("\n");
}

/** Pages that frames of the isolated page show: each is isolated as well. */
const isolatedParts = ["frame.html", "preview.html", "boot.html"];

/**
 * The playground once more as `isolated.html`, with what it shows in frames: the same files under names that a host can
 * give other headers.
 *
 * @returns {import("vite").Plugin}
 */
export function isolatedPages() {
  return {
    name: "portico-isolated",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const copies = { "index.html": "isolated.html" };
      for (const name of isolatedParts) Object.assign(copies, { [name]: `isolated-${name}` });
      for (const [name, copy] of Object.entries(copies)) {
        const file = bundle[name];
        if (file?.type === "asset") this.emitFile({ type: "asset", fileName: copy, source: file.source });
      }
    },
  };
}

/**
 * What another origin serves so that programs have real URLs there: the folder `preview-origin`, with headers of its
 * own. The worker is also beside the page, where it isolates pages on hosts that can't send headers.
 *
 * @param {string} policy
 * @returns {import("vite").Plugin}
 */
export function previewOrigin(policy) {
  // A page that is isolated can have them in frames, and what runs there gets no further by one of them.
  const headers = {
    "Content-Security-Policy": policy,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
  };
  return {
    name: "portico-preview-origin",
    apply: "build",
    async generateBundle() {
      const emit = (/** @type {string} */ fileName, /** @type {string | Uint8Array} */ source) =>
        this.emitFile({ type: "asset", fileName, source });
      /** @type {import("esbuild").BuildOptions & { write: false }} */
      const options = {
        absWorkingDir: root,
        bundle: true,
        write: false,
        minify: true,
        target: "es2022",
        legalComments: "none",
        plugins: [cookieJar],
      };
      const socket = await build({
        ...options,
        entryPoints: ["web/preview-origin/socket.ts"],
        format: "iife",
      });
      const [dock, worker] = await Promise.all([
        build({
          ...options,
          define: { PREVIEW_SOCKET: JSON.stringify(socket.outputFiles[0]?.text.replaceAll("</", "<\\/")) },
          entryPoints: ["web/preview-origin/dock.ts"],
          outdir: ".build/preview-origin",
          format: "esm",
          splitting: true,
        }),
        build({ ...options, entryPoints: ["src/adapters/service-worker/worker/main.ts"], format: "iife" }),
      ]);
      for (const { path, contents } of dock.outputFiles) emit(`preview-origin/${basename(path)}`, contents);
      const script = worker.outputFiles[0]?.contents ?? "";
      emit("portico-sw.js", script);
      emit("preview-origin/portico-sw.js", script);
      emit("preview-origin/dock.html", await readFile(`${root}web/preview-origin/dock.html`));
      emit("preview-origin/_headers", headerLines({ "/*": headers }));
      emit("engines.json", await readFile(`${root}web/engines.json`));
    },
  };
}
