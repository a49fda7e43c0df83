/** Runs a TypeScript program that imports Portico in a Node process of its own, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { basename, join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { sources } from "./sources.ts";

/** How far a program came: it said where to call it (and runs on), or it ended. */
export interface Outcome {
  /** The line with which the program says how to call it, from `curl` on. */
  readonly command?: string;
  readonly port?: string;
  readonly code?: number | null;
  readonly errors: string;
}

/** Bundles a program for Node; what it imports of Portico's package is the sources. */
export async function bundleProgram(
  path: string,
  outfile: string,
  options: BuildOptions = {},
): Promise<void> {
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    plugins: [sources],
    logLevel: "error",
    ...options,
  });
}

/**
 * @param path The program.
 * @param folder Where its bundle goes: below the repository, so that it finds the packages it imports.
 */
export async function runProgram(path: string, folder: string) {
  const outfile = join(folder, basename(path).replace(/\.ts$/, ".mjs"));
  await bundleProgram(path, outfile);
  const child = spawn(process.execPath, [outfile], { stdio: ["ignore", "pipe", "pipe"] });
  return { outcome: outcomeOf(child), stop: () => void child.kill("SIGKILL") };
}

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

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
