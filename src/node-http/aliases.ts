/**
 * For a bundler's configuration: where Node's modules lead to in a page. It imports nothing, so that a
 * configuration file can. The packages come with Portico; `NEEDS` in the README says who wants which.
 */

const OURS = [
  "async_hooks",
  "crypto",
  "diagnostics_channel",
  "fs",
  "net",
  "process",
  "querystring",
  "tty",
  "url",
  "v8",
  "zlib",
];

const PACKAGES: Readonly<Record<string, string>> = {
  assert: "assert/",
  buffer: "buffer/",
  events: "events/",
  path: "pathe",
  stream: "readable-stream/lib/stream.js",
  string_decoder: "string_decoder/",
  util: "util/",
};

/**
 * Node's modules, with and without `node:`, by what to bundle in their place. Names are whole: `url` does not
 * stand for `url/`, which is the package. `process/` is how `readable-stream` calls it.
 */
export const nodeAliases: Readonly<Record<string, string>> = Object.freeze(
  Object.fromEntries([
    ["process/", "portico/node-http/process"],
    ...[
      ["http", "portico/node-http"],
      ...OURS.map((name) => [name, `portico/node-http/${name}`]),
      ...Object.entries(PACKAGES),
    ].flatMap(([name, target]) => [
      [`node:${name}`, target],
      [name, target],
    ]),
  ]) as Record<string, string>,
);

/**
 * For Vite and Rollup.
 *
 * @example
 * ```ts
 * import { viteAliases } from "portico/node-http/aliases";
 * import { defineConfig } from "vite";
 *
 * export default defineConfig({ resolve: { alias: viteAliases() } });
 * ```
 */
export function viteAliases(): { find: RegExp; replacement: string }[] {
  return Object.entries(nodeAliases).map(([name, replacement]) => ({
    find: new RegExp(`^${name}$`),
    replacement,
  }));
}

interface Resolved {
  readonly path: string;
  readonly external?: boolean;
  readonly sideEffects?: boolean;
  readonly namespace?: string;
  readonly errors: readonly unknown[];
}

type ImportKind =
  | "entry-point"
  | "import-statement"
  | "require-call"
  | "dynamic-import"
  | "require-resolve"
  | "import-rule"
  | "composes-from"
  | "url-token";

/** What of esbuild's plugin interface is used. */
interface Build {
  onResolve(
    options: { filter: RegExp },
    callback: (args: { path: string; kind: ImportKind; resolveDir: string }) => Promise<object | undefined>,
  ): void;
  resolve(path: string, options: { kind: ImportKind; resolveDir: string }): Promise<Resolved>;
}

/**
 * For esbuild, whose `alias` option would lead `url/` astray with `url`.
 *
 * @example
 * ```ts
 * import { build } from "esbuild";
 * import { esbuildAliases } from "portico/node-http/aliases";
 *
 * await build({ bundle: true, plugins: [esbuildAliases()], entryPoints: ["app.js"], outdir: "dist" });
 * ```
 */
export function esbuildAliases(): { name: string; setup(build: Build): void } {
  return {
    name: "portico-node-aliases",
    setup(build) {
      // On Windows the path has a slash in front of its drive.
      const here = decodeURIComponent(new URL(".", import.meta.url).pathname).replace(/^\/(?=[A-Z]:)/i, "");
      const names = Object.keys(nodeAliases).join("|");
      build.onResolve({ filter: new RegExp(`^(?:${names})$`) }, async ({ path, kind, resolveDir }) => {
        const target = nodeAliases[path];
        if (target === undefined) return undefined;
        // From here first: a package manager need not show Portico and what it depends on to others.
        for (const from of [here, resolveDir]) {
          const { errors, ...resolved } = await build.resolve(target, { kind, resolveDir: from });
          if (errors.length === 0) return resolved;
        }
        return undefined;
      });
    },
  };
}
