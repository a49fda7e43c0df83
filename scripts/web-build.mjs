/**
 * What Vite needs to build the playground: the sandbox's texts, the pages' Content-Security-Policy, and the
 * service worker that keeps the built files.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { root } from "./entries.mjs";

/** Modules whose default export is the text of a bundle, for the sandboxed worker and the preview. */
const texts = /** @type {Record<string, { entry: string, format: "iife" | "esm" }>} */ ({
  "virtual:sandbox-worker": { entry: "web/sandbox/worker.ts", format: "iife" },
  "virtual:preview-bridge": { entry: "web/preview/bridge.ts", format: "iife" },
  "virtual:sandbox-portico": { entry: "web/sandbox/portico.ts", format: "esm" },
});

/** @returns {import("vite").Plugin} */
export function sandboxTexts() {
  return {
    name: "portico-sandbox",
    resolveId: (id) => (id in texts ? `\0${id}` : undefined),
    async load(id) {
      const text = texts[id.slice(1)];
      if (!id.startsWith("\0") || text === undefined) return undefined;
      const { outputFiles, metafile } = await build({
        absWorkingDir: root,
        entryPoints: [text.entry],
        bundle: true,
        write: false,
        metafile: true,
        minify: true,
        format: text.format,
        target: "es2022",
        legalComments: "none",
      });
      for (const input of Object.keys(metafile.inputs)) this.addWatchFile(`${root}${input}`);
      return `export default ${JSON.stringify(outputFiles[0]?.text)};`;
    },
  };
}

/**
 * What the playground's page may do. The sandboxed frame inherits it, hence the hash of that frame's script and
 * `blob:`; `frame-src` is what keeps frames from being led elsewhere. The editor makes its style sheets itself.
 *
 * @param {string} frameScript
 */
export function pagePolicy(frameScript) {
  const hash = createHash("sha256").update(frameScript).digest("base64");
  return [
    "default-src 'none'",
    `script-src 'self' blob: 'sha256-${hash}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/**
 * The policy as a meta element of the playground's page, and in a file that says which headers a host ought to send.
 *
 * @param {string} policy
 * @returns {import("vite").Plugin}
 */
export function pageHeaders(policy) {
  return {
    name: "portico-headers",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { path }) =>
        path === "/index.html"
          ? [
              {
                tag: "meta",
                attrs: { "http-equiv": "Content-Security-Policy", content: policy },
                injectTo: "head-prepend",
              },
            ]
          : [],
    },
    generateBundle() {
      const headers = { "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" };
      const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
      this.emitFile({
        type: "asset",
        fileName: "_headers",
        source: ["/", "/index.html"].map((path) => `${path}\n${lines.join("")}`).join("\n"),
      });
    },
  };
}

/**
 * A compressed neighbour for every file that gains by it, which the server sends in its place.
 *
 * @returns {import("vite").Plugin}
 */
export function compressedNeighbours() {
  return {
    name: "portico-compressed",
    apply: "build",
    async writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|html|svg)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const packed = gzipSync(await readFile(join(dir ?? "", name)), { level: 9 });
          await writeFile(join(dir ?? "", `${name}.gz`), packed);
        }),
      );
    },
  };
}

/**
 * The service worker, with the list of what was built and a version that changes with it.
 *
 * @returns {import("vite").Plugin}
 */
export function offlineWorker() {
  return {
    name: "portico-offline",
    apply: "build",
    enforce: "post",
    async generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter(
        (name) => !/^_headers$|\.map$|node\.html$|^offline\.js$/.test(name),
      );
      const digest = createHash("sha256");
      for (const name of files.sort()) {
        const file = bundle[name];
        digest.update(name).update(file?.type === "chunk" ? file.code : (file?.source ?? ""));
      }
      const source = await readFile(`${root}web/offline-worker.ts`, "utf8");
      const { code } = await transform(source, {
        loader: "ts",
        format: "iife",
        minify: true,
        define: {
          OFFLINE_FILES: JSON.stringify(files),
          OFFLINE_VERSION: JSON.stringify(digest.digest("hex").slice(0, 16)),
        },
      });
      this.emitFile({ type: "asset", fileName: "offline.js", source: code });
    },
  };
}
