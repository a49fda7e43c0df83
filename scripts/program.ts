/** Runs a TypeScript program that imports Portico in a Node process of its own, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { entries, root } from "./entries.mjs";

/** How far a program came: it said where to call it (and runs on), or it ended. */
export interface Outcome {
  /** The line with which the program says how to call it, from `curl` on. */
  readonly command?: string;
  readonly port?: string;
  readonly code?: number | null;
  readonly errors: string;
}

/**
 * @param path The program.
 * @param folder Where its bundle goes: below the repository, so that it finds the packages it imports.
 */
export async function runProgram(path: string, folder: string) {
  const outfile = join(folder, basename(path).replace(/\.ts$/, ".mjs"));
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    plugins: [sources],
  });
  const child = spawn(process.execPath, [outfile], { stdio: ["ignore", "pipe", "pipe"] });
  return { outcome: outcomeOf(child), stop: () => void child.kill("SIGKILL") };
}

/** The package's names lead to the sources, so that no build is needed. */
const sources: Plugin = {
  name: "portico-sources",
  setup({ onResolve }) {
    onResolve({ filter: /^portico(\/|$)/ }, ({ path }) => {
      const named = entries.filter(({ name }) => `portico${name.slice(1)}` === path);
      const entry = named.find(({ condition }) => condition === "node") ?? named[0];
      return entry && { path: join(root, entry.source) };
    });
    onResolve({ filter: /^[a-z@]/, namespace: "file" }, ({ path }) => ({ path, external: true }));
  },
};

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let errors = "";
  let output = "";
  child.stderr?.on("data", (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (text) => {
      output += text;
      const [, command, port] = /try: (curl .*localhost:(\d+).*)\n/.exec(output) ?? [];
      if (command && port) resolve({ command, port, errors });
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, errors }));
  });
}
