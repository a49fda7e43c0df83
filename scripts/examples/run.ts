/** Runs examples in this process: by the entries for pages, on the virtual network, or by those for Node, on TCP. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { esbuildAliases } from "../../src/node-http/aliases.ts";
import { entries, root } from "../entries.mjs";
import { sources } from "../sources.ts";

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
      : { platform: "browser", plugins: [esbuildAliases(), forPages] }),
  });
}

/** Starts a program that `bundle` made; settles when it ends. */
export async function run(path: string, platform: Platform): Promise<void> {
  await import(/* @vite-ignore */ pathToFileURL(path.replace(/\.ts$/, `.${platform}.mjs`)).href);
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const forPages: Plugin = {
  name: "portico-for-pages",
  setup({ onResolve }) {
    onResolve({ filter: /^portico(\/|$)/ }, ({ path }) => {
      const entry = entries.find(({ name, condition }) => !condition && `portico${name.slice(1)}` === path);
      return entry && { path: root + entry.source };
    });
  },
};
