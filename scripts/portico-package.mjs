/**
 * Portico's package for Node as one module of texts, `virtual:portico-package`: what a WebContainer mounts, so that
 * nothing there comes from a registry. Bundlers of the library and of the playground have it by these plugins.
 */
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { build } from "esbuild";
import { cookieJar } from "./cookie-jar.mjs";
import { root } from "./entries.mjs";

const ID = "virtual:portico-package";

/** What programs can import there, and where it comes from. */
const modules = /** @type {Record<string, string>} */ ({
  ".": "src/index.node.ts",
  "./client": "src/client/index.ts",
  "./node": "src/adapters/node/index.ts",
  "./static": "src/static/index.ts",
  "./virtual": "src/adapters/virtual/index.ts",
});

const fileOf = (/** @type {string} */ name) => (name === "." ? "index" : name.slice(2));

/** @returns {Promise<{ text: string, inputs: string[] }>} the module, and the files that it depends on */
async function packageModule() {
  const entryPoints = Object.entries(modules).map(([name, source]) => ({ in: source, out: fileOf(name) }));
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entryPoints, { in: "src/cli/container-relay.ts", out: "relay" }],
    outdir: "package",
    chunkNames: "chunks/[hash]",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    plugins: [cookieJar],
  });
  const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8"));
  const exports = Object.fromEntries(Object.keys(modules).map((name) => [name, `./${fileOf(name)}.js`]));
  const manifest = { name: "portico", version, type: "module", exports };
  const files = outputFiles.map(({ path, text }) => [
    relative(`${root}package`, path).replaceAll("\\", "/"),
    text,
  ]);
  const all = Object.fromEntries([["package.json", JSON.stringify(manifest)], ...files]);
  return { text: `export default ${JSON.stringify(all)};`, inputs: Object.keys(metafile.inputs) };
}

/** @type {import("esbuild").Plugin} */
export const porticoPackageForEsbuild = {
  name: "portico-package",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^${ID}$`) }, () => ({ path: ID, namespace: "portico-package" }));
    onLoad({ filter: /.*/, namespace: "portico-package" }, async () => ({
      contents: (await packageModule()).text,
    }));
  },
};

/** @returns {import("vite").Plugin} */
export function porticoPackage() {
  return {
    name: "portico-package",
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    async load(id) {
      if (id !== `\0${ID}`) return undefined;
      const { text, inputs } = await packageModule();
      for (const input of inputs) this.addWatchFile(`${root}${input}`);
      return text;
    },
  };
}
