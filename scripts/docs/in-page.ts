/** Runs a program as a page does: on the virtual network, by the package's entry points for pages. */
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { pageSources } from "../sources.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What stands around the program: it finds the first port that is listened on, and sends it a request. */
const around = (path: string) => `
import { createFetch, defaultNetwork } from "portico";
const listening = new Promise((resolve) => {
  const listen = defaultNetwork.listen.bind(defaultNetwork);
  defaultNetwork.listen = async (spec) => {
    const listener = await listen(spec);
    resolve(listener.address.port);
    return listener;
  };
});
export async function run(method, target) {
  const program = import(${JSON.stringify(path)}).then(() => undefined);
  const port = await Promise.race([listening, program]);
  if (port === undefined || method === "") return undefined;
  const fetch = createFetch(defaultNetwork, { keepAliveMs: 0 });
  const response = await fetch("http://localhost:" + port + target, { method, redirect: "manual" });
  return { status: response.status, text: await response.text() };
}`;

/** @returns the answer of the first port that it listens on; `undefined` when it ends without having listened. */
export async function runInPage(path: string, method: string, target: string): Promise<Answer | undefined> {
  const outfile = path.replace(/\.ts$/, ".page.mjs");
  await build({
    stdin: { contents: around(`./${basename(path)}`), resolveDir: path.replace(/[^/\\]*$/, "") },
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
    plugins: [pageSources],
  });
  const { run } = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as {
    run: (method: string, target: string) => Promise<Answer | undefined>;
  };
  return run(method, target);
}
