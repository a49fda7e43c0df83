/** Pages for these tests, bundled from the built package with its own aliases, and the host that serves them. */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { AsyncHttpServer } from "portico";
import { root } from "../../scripts/entries.mjs";
import { esbuildAliases } from "../../src/node-http/aliases.ts";

const text = (type: string) => ({ "Content-Type": `text/${type}; charset=utf-8` });

/** A page's program: a file of the repository, or what imports one of another folder. */
export type Program = { entryPoints: string[] } | { stdin: { contents: string; resolveDir: string } };

/** Bundles for a page, with nothing but what a user has: the package by its name, and its aliases. */
export async function bundle(program: Program, define: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await build({
    ...program,
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    plugins: [esbuildAliases()],
    define,
    // A generated program's `bin/www` has no extension, and its packages are ours.
    loader: { "": "js" },
    nodePaths: [`${root}node_modules`],
    tsconfigRaw: {},
    logLevel: "error",
  });
  return outputFiles?.[0]?.text ?? "";
}

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves each script under its name's page: `/NAME`. */
export async function startSite(scripts: Readonly<Record<string, string>>): Promise<Site> {
  const worker = await readFile(`${root}dist/portico-sw.js`, "utf8");
  const server = new AsyncHttpServer();
  await new Promise<void>((resolve, reject) => {
    server
      .serve(
        0,
        async (request) => {
          const name = request.url.pathname.slice(1);
          const script = scripts[name.replace(/\.js$/, "")];
          if (name === "portico-sw.js") await request.respond(200, worker, text("javascript"));
          else if (script === undefined) await request.respond(404, "not here");
          else if (name.endsWith(".js")) await request.respond(200, script, text("javascript"));
          else await request.respond(200, `<!doctype html><script src="/${name}.js"></script>`, text("html"));
        },
        { address: "localhost", onListen: () => resolve() },
      )
      .catch(reject);
  });
  return { url: `http://localhost:${server.getPort()}/`, close: () => server.close({ graceMs: 0 }) };
}
