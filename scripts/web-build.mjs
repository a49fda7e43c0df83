/**
 * What Vite needs to build the playground: the sandbox's texts, the pages' Content-Security-Policy, and the
 * service worker that keeps the built files.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { headerLines, isolatedHeaders } from "./engine-pages.mjs";
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
 * embed.html has the body of index.html: it is the same page, in less room. Its landmarks are the page's around it.
 *
 * @returns {import("vite").Plugin}
 */
export function sharedBody() {
  return {
    name: "portico-shared-body",
    transformIndexHtml: {
      order: "pre",
      async handler(html, { path }) {
        if (path !== "/embed.html") return html;
        const page = await readFile(`${root}web/index.html`, "utf8");
        const body = (/<body>.*<\/body>/s.exec(page)?.[0] ?? "")
          .replace(/<(nav|main)\b[^>]*>/g, '<div class="$1">')
          .replace("<header", "<div")
          .replace(/<\/(nav|main|header)>/g, "</div>");
        return html.replace(/<body>.*<\/body>/s, () => body);
      },
    },
  };
}

/**
 * The custom element as one classic script, beside the page that it embeds.
 *
 * @returns {import("vite").Plugin}
 */
export function embedScript() {
  return {
    name: "portico-embed",
    apply: "build",
    async generateBundle() {
      const { outputFiles } = await build({
        absWorkingDir: root,
        entryPoints: ["src/embed/index.ts"],
        bundle: true,
        write: false,
        minify: true,
        format: "iife",
        target: "es2022",
        legalComments: "none",
      });
      this.emitFile({ type: "asset", fileName: "embed.js", source: outputFiles[0]?.contents ?? "" });
    },
  };
}

/** What can be told of a page with its policy. */
const POLICED = ["/index.html", "/embed.html"];

/** Pages of any origin may have these in them, those that keep to COEP as well. */
const OPEN = { "Cross-Origin-Resource-Policy": "cross-origin" };
/**
 * What needs no name to be had. In a sandboxed page frames are sandboxed as well: the embed's document is then of no
 * origin, not even that of its own scripts, styles and icon.
 */
const SHARED = { ...OPEN, "Access-Control-Allow-Origin": "*" };
const FRAMED = { ...OPEN, "Cross-Origin-Embedder-Policy": "require-corp" };

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
        POLICED.includes(path)
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
      /** @type {Record<string, Record<string, string>>} */
      const byPath = {
        "/": headers,
        "/index.html": headers,
        "/embed.html": { ...headers, ...FRAMED },
        "/preview.html": FRAMED,
        "/embed.js": SHARED,
        "/assets/*": SHARED,
        "/engines.json": SHARED,
        ...isolatedHeaders(headers),
      };
      this.emitFile({ type: "asset", fileName: "_headers", source: headerLines(byPath) });
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

/** Built, and of no use without a network, or none of the pages' own. */
const NOT_KEPT =
  /^_headers$|\.map$|(node|embed-demo)\.html$|^(offline|portico-sw)\.js$|^preview-origin\/|^engines\.json$/;

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
      const files = Object.keys(bundle).filter((name) => !NOT_KEPT.test(name));
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
