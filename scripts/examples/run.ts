/** Runs examples in this process: by the entries for pages, on the virtual network, or by those for Node, on TCP. */
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { esbuildAliases } from "../../src/node-http/aliases.ts";
import { pageSources, sources } from "../sources.ts";

export type Platform = "page" | "node";

/** Bundles the programs; what they have in common is loaded once, and so is the default network. */
export async function bundle(paths: readonly string[], platform: Platform): Promise<void> {
  if (paths.length === 0) return;
  await build({
    entryPoints: [...paths],
    outdir: paths[0]?.replace(/[^/\\]*$/, "") ?? "",
    outExtension: { ".js": `.${platform}.mjs` },
    bundle: true,
    splitting: true,
    chunkNames: `${platform}-[hash]`,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
    ...(platform === "node"
      ? { platform: "node", packages: "external", plugins: [sources] }
      : { platform: "browser", plugins: [esbuildAliases(), pageSources] }),
  });
}

/** Starts a program that `bundle` made; settles when it ends. */
export async function run(path: string, platform: Platform): Promise<void> {
  await import(/* @vite-ignore */ pathToFileURL(path.replace(/\.ts$/, `.${platform}.mjs`)).href);
}
