import { parseArgs } from "node:util";

/** What the command line asks for. */
export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | ({ readonly kind: "serve" } & ServeCommand)
  /** Copy the service worker to where a site's static files lie. */
  | { readonly kind: "init"; readonly directory: string }
  /** It asks for nothing that there is. `problem` says what was got and what was wanted. */
  | { readonly kind: "misuse"; readonly problem: string };

/** `portico [dir]`. */
export interface ServeCommand {
  readonly directory: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Open a browser once it is serving. */
  readonly open: boolean;
  /** Write a line for each request. */
  readonly log: boolean;
  /** Show what is in directories without an index. */
  readonly listing: boolean;
}

export const DEFAULT_PORT = 8080;
/** Nobody but this machine: whoever wants to be seen has to say so. */
export const DEFAULT_HOST = "127.0.0.1";

export const HELP = `Usage: portico [directory] [options]
       portico init <directory>

Serves the files of a directory (default: the current one) over HTTP. "init"
copies the service worker, portico-sw.js, to where a site's static files lie
(./init serves a directory of that name).

Options:
  -p, --port <n>     port to listen on, 0 for any free one (default ${DEFAULT_PORT})
  -H, --host <name>  address to listen on (default ${DEFAULT_HOST}, this machine only;
                     0.0.0.0 or :: lets others in)
  -o, --open         open a browser
      --no-log       no line for each request
      --no-listing   show no list of a directory without index.html
  -h, --help         show this
  -v, --version      show the version

Each request is logged in the combined log format, followed by its duration:
  address - - [time] "request line" status bytes "referer" "user agent" 1.2ms
Files whose name begins with a dot, and links out of the directory, are not
served. Ctrl+C lets running requests finish, for 10 seconds at most; a second
one stops at once.

Exit status: 0 stopped, 1 could not serve, 2 wrong use.
`;

/** Reads the arguments after the program's name. */
export function parseCommand(args: readonly string[]): Command {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return misuse(error instanceof Error ? firstSentence(error.message) : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  if (positionals[0] === "init") return parseInit(positionals.slice(1));
  const [directory = ".", ...more] = positionals;
  if (more.length > 0) return misuse(`one directory at a time, got ${positionals.length}`);
  // What an unset variable of a shell leaves: the current directory is not what was meant.
  if (directory === "") return misuse("the directory has to be a path, got nothing");
  const port = readPort(values.port);
  if (port === undefined)
    return misuse(`--port has to be a whole number from 0 to 65535, got ${values.port}`);
  if (values.host === "") return misuse("--host has to be an address or a name, got nothing");
  const { host, open, log, listing } = values;
  return { kind: "serve", directory, port, host, open, log, listing };
}

function parseInit(directories: readonly string[]): Command {
  const [directory] = directories;
  if (directory && directories.length === 1) return { kind: "init", directory };
  return misuse(`init wants one directory, that of the static files, got ${directories.length}`);
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      port: { type: "string", short: "p", default: String(DEFAULT_PORT) },
      host: { type: "string", short: "H", default: DEFAULT_HOST },
      open: { type: "boolean", short: "o", default: false },
      log: { type: "boolean", default: true },
      listing: { type: "boolean", default: true },
      help: { type: "boolean", short: "h", default: false },
      version: { type: "boolean", short: "v", default: false },
    },
  });
}

function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65535 ? port : undefined;
}

/** Node goes on about how a positional argument could be meant. */
function firstSentence(message: string): string {
  return message.split(/\. |\n/, 1)[0] ?? message;
}

function misuse(problem: string): Command {
  return { kind: "misuse", problem };
}
