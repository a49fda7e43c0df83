#!/usr/bin/env node
/** The command line: `npx portico [directory]`, `npx portico init <directory>`. What it takes is in `cli/arguments.ts`. */
import { existsSync, readFileSync } from "node:fs";
import { HELP, parseCommand } from "./cli/arguments.ts";
import { initCommand } from "./cli/init.ts";
import { serveCommand } from "./cli/serve.ts";

/** Runs a command line; resolves to the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  switch (command.kind) {
    case "help":
      process.stdout.write(HELP);
      return 0;
    case "version":
      process.stdout.write(`${readVersion()}\n`);
      return 0;
    case "misuse":
      process.stderr.write(`portico: ${command.problem}\nportico --help shows what there is\n`);
      return 2;
    case "init":
      return initCommand(command.directory, new URL("./dist/portico-sw.js", packageUrl()));
    case "serve":
      return serveCommand(command);
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(packageUrl(), "utf8")) as { version: string };
  return version;
}

/** `package.json` of the package that this file was installed with, however deep in it. */
function packageUrl(): URL {
  let place = new URL("./package.json", import.meta.url);
  while (!existsSync(place) && place.pathname !== "/package.json") place = new URL("../package.json", place);
  return place;
}

// `portico | head`: whoever read the log has gone, and so there is nobody to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await main(process.argv.slice(2));
