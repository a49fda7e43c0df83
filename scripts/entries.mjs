/**
 * The package's entry points: one table that the build, the package checks, the size report and the
 * tests' import aliases are driven by. An entry counts from the moment its source file exists.
 *
 * @typedef {object} Entry
 * @property {string} name What users import, as a key of package.json's `exports`.
 * @property {string} source The module that it is built from; declarations mirror its path.
 * @property {string} output The module in `dist/`.
 * @property {"node" | "bun" | "deno"} [condition] Export condition; without one the entry is the `default`.
 * @property {boolean} [nodeOnly] Runs on Node alone, so bundling it for a page makes no sense.
 * @property {boolean} [ownBuild] Comes of Node's own build, see build.mjs.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * What Node's modules are in a page; src/node-http/aliases.ts leads there.
 *
 * @type {readonly Entry[]}
 */
const nodeModules =
  "async_hooks crypto diagnostics_channel fs globals net process querystring tty url v8 zlib"
    .split(" ")
    .map((name) => ({
      name: `./node-http/${name}`,
      source: `src/node-http/modules/${name}.ts`,
      output: `node-http/${name}.js`,
    }));

/**
 * What a program on Node has of Node's build as well, so that a class is the same one wherever it comes from. Bun and
 * Deno have the condition `node` too and are asked before it.
 *
 * @param {string} name
 * @param {string} source
 * @returns {Entry[]}
 */
const onNodeToo = (name, source) => [
  { name: `./${name}`, condition: "bun", source, output: `${name}.js` },
  { name: `./${name}`, condition: "deno", source, output: `${name}.js` },
  { name: `./${name}`, condition: "node", source, output: `${name}.node.js`, ownBuild: true },
  { name: `./${name}`, source, output: `${name}.js` },
];

/**
 * Bun and Deno have the condition `node` as well, so theirs are tried before it.
 *
 * @type {readonly Entry[]}
 */
const table = [
  { name: ".", condition: "bun", source: "src/index.bun.ts", output: "index.bun.js" },
  { name: ".", condition: "deno", source: "src/index.deno.ts", output: "index.deno.js" },
  {
    name: ".",
    condition: "node",
    source: "src/index.node.ts",
    output: "index.node.js",
    nodeOnly: true,
    ownBuild: true,
  },
  { name: ".", source: "src/index.browser.ts", output: "index.browser.js" },
  { name: "./node", source: "src/adapters/node/index.ts", output: "node.js", nodeOnly: true, ownBuild: true },
  { name: "./bun", source: "src/adapters/bun/index.ts", output: "bun.js" },
  { name: "./deno", source: "src/adapters/deno/index.ts", output: "deno.js" },
  ...onNodeToo("virtual", "src/adapters/virtual/index.ts"),
  ...onNodeToo("client", "src/client/index.ts"),
  { name: "./service-worker", source: "src/adapters/service-worker/index.ts", output: "service-worker.js" },
  { name: "./vite", source: "src/adapters/vite/index.ts", output: "vite.js", nodeOnly: true },
  { name: "./webcontainer", source: "src/adapters/webcontainer/index.ts", output: "webcontainer.js" },
  { name: "./node-http", condition: "bun", source: "src/node-http/index.bun.ts", output: "node-http.bun.js" },
  {
    name: "./node-http",
    condition: "deno",
    source: "src/node-http/index.deno.ts",
    output: "node-http.deno.js",
  },
  {
    name: "./node-http",
    condition: "node",
    source: "src/node-http/index.node.ts",
    output: "node-http.node.js",
    nodeOnly: true,
    ownBuild: true,
  },
  { name: "./node-http", source: "src/node-http/index.browser.ts", output: "node-http.js" },
  { name: "./node-http/aliases", source: "src/node-http/aliases.ts", output: "node-http/aliases.js" },
  ...nodeModules,
  ...onNodeToo("keep-set-cookie", "src/server/keep-set-cookie.install.ts"),
  ...onNodeToo("light-fetch", "src/server/light-fetch/global.ts"),
  // An entry of its own: in `portico` it would take part in every start.
  ...onNodeToo("light-fetch/install", "src/server/light-fetch/install.ts"),
  ...onNodeToo("testing", "src/testing/index.ts"),
  // An entry of its own: `portico/testing` imports Vitest, which other runners do not have, or can't load.
  ...onNodeToo("testing/tools", "src/testing/tools.ts"),
  { name: "./embed", source: "src/embed/index.ts", output: "embed.js" },
  { name: "./markdown-it", source: "src/markdown-it/index.ts", output: "markdown-it.js" },
  ...onNodeToo("static", "src/static/index.ts"),
];

/** Programs of the package's `bin`. */
const programs = [{ source: "src/cli.ts", output: "cli.js", ownBuild: true }];

/** Classic scripts, each whole in one file, that are served as they are. */
const alone = [{ source: "src/adapters/service-worker/worker/main.ts", output: "portico-sw.js" }];

/** @param {{ source: string }} entry */
const exists = (entry) => existsSync(root + entry.source);

/** The entries whose source is there. */
export const entries = table.filter(exists);
export const bins = programs.filter(exists);
export const scripts = alone.filter(exists);

/** @param {Entry} entry */
export const declarationOf = (entry) => entry.source.replace(/^src\//, "").replace(/\.ts$/, ".d.ts");

/** What package.json's `exports` has to say, in the order in which conditions are tried. */
export function expectedExports() {
  /** @type {Record<string, unknown>} */
  const exports = {};
  for (const name of new Set(entries.map((entry) => entry.name))) {
    const group = entries.filter((entry) => entry.name === name);
    const conditions = group.map((entry) => [entry.condition ?? "default", targets(entry)]);
    exports[name] = group.length === 1 ? conditions[0]?.[1] : Object.fromEntries(conditions);
  }
  exports["./package.json"] = "./package.json";
  return exports;
}

/** @param {Entry} entry */
function targets(entry) {
  return { types: `./dist/${declarationOf(entry)}`, default: `./dist/${entry.output}` };
}
