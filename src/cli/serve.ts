import { directory } from "../adapters/node/directory.ts";
import { NodeNetwork } from "../adapters/node/index.ts";
import { withAccessLog } from "../middleware/access-log.ts";
import { formatLogLine } from "../middleware/log-line.ts";
import { HttpServer } from "../server/server.ts";
import type { SocketAddress } from "../socket/index.ts";
import { type FileSource, serveFiles } from "../static/index.ts";
import type { ServeCommand } from "./arguments.ts";
import { openBrowser } from "./open-browser.ts";

/** How long running requests may take after the first Ctrl+C. */
const GRACE_MS = 10_000;

/** Serves until a signal comes. Resolves to the exit status, everything having been said. */
export async function serveCommand(command: ServeCommand): Promise<number> {
  let source: FileSource;
  try {
    source = directory(command.directory);
  } catch (error) {
    return fail(whyNoDirectory(command.directory, error));
  }
  const server = new HttpServer({
    network: new NodeNetwork(),
    onError: (error) => complain(describe(error)),
  });
  const files = serveFiles(source, { listing: command.listing });
  const callback = command.log ? withAccessLog(files, (entry) => say(formatLogLine(entry)), now) : files;
  const stopListening = onSignals(server);
  try {
    await server.serve(command.port, callback, {
      address: command.host,
      onListen: (address) => void announce(command, address),
    });
    return 0;
  } catch (error) {
    return fail(whyNotServing(command, error));
  } finally {
    stopListening();
  }
}

async function announce(command: ServeCommand, { address, port }: SocketAddress): Promise<void> {
  const everywhere = address === "0.0.0.0" || address === "::";
  const host = everywhere ? "localhost" : address.includes(":") ? `[${address}]` : address;
  const url = `http://${host}:${port}/`;
  say(
    `portico: serving ${command.directory} at ${url}${everywhere ? " and at every address of this machine" : ""}`,
  );
  if (command.open && !(await openBrowser(url))) complain(`no browser could be opened, go to ${url}`);
}

/** The first signal lets running requests finish, the second doesn't. */
function onSignals(server: HttpServer): () => void {
  const signals = ["SIGINT", "SIGTERM"] as const;
  let stopping = false;
  const stop = (signal: NodeJS.Signals, number: number): void => {
    if (stopping) process.exit(128 + number);
    stopping = true;
    complain(`${signal}: letting running requests finish; once more stops at once`);
    void server.close({ graceMs: GRACE_MS });
  };
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

function whyNoDirectory(directory: string, error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: "there is no such directory",
    ENOTDIR: "it is not a directory",
    EACCES: "it may not be read by this user",
  };
  return `can't serve ${directory}: ${reasons[codeOf(error)] ?? describe(error)}`;
}

function whyNotServing({ port, host }: ServeCommand, error: unknown): string {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is taken; choose another with --port, or any free one with --port 0`,
    EACCES: `this user may not use port ${port}; choose one above 1023 with --port`,
    EADDRNOTAVAIL: "this machine has no such address; choose another with --host",
    ENOTFOUND: "no address is known by that name; choose another with --host",
    EAI_AGAIN: "the name could not be looked up; choose an address with --host",
  };
  return `can't listen on ${host}: ${reasons[codeOf(error)] ?? describe(error)}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(problem: string): number {
  complain(problem);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`portico: ${line}\n`);
}

/** Of the epoch, and steady within a run. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
