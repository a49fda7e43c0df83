/**
 * Programs in processes of their own. `NAME.child.ts` is bundled, with the package's own names leading to the
 * sources, and talks to its test in messages (`process.send`), so that a test's load never shares a thread
 * with what it loads.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../scripts/entries.mjs";
import { bundleProgram } from "../scripts/program.ts";

const folder = join(root, "node_modules/.cache/portico-hardening");
const bundles = new Map<string, Promise<string>>();

export interface ChildOptions {
  readonly args?: readonly string[];
  /** Its limit of open files, which Node can't raise again. */
  readonly maxDescriptors?: number;
  /** How much it leaves to others; 19 is the most, and below 0, which needs root, it has precedence. Default 0. */
  readonly nice?: number;
  /** A command that runs it, with its arguments. */
  readonly prefix?: readonly string[];
  /** The Node to run it with. Default: this one. */
  readonly node?: string;
  readonly nodeArgs?: readonly string[];
  /** Descriptors that it inherits, the first as its number 4. */
  readonly descriptors?: readonly number[];
}

/**
 * A session of its own that goes before others: Linux shares the processors among sessions first, and among those of
 * one by how nice they are.
 */
const SESSION = ["setsid", "sh", "-c", '{ echo $0 > /proc/self/autogroup; } 2> /dev/null; exec "$@"'];

/** A program that runs. Its messages are read one by one. */
export class Child {
  readonly process: ChildProcess;
  readonly #messages: unknown[] = [];
  #waiting: (() => void) | undefined;
  #errors = "";

  private constructor(process: ChildProcess) {
    this.process = process;
    process.on("message", (message) => {
      this.#messages.push(message);
      this.#waiting?.();
    });
    process.on("disconnect", () => this.#waiting?.()); // behind the last message, which an exit may overtake
    process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
  }

  /** @param path The program, from the repository's root. */
  static async start(path: string, options: ChildOptions = {}): Promise<Child> {
    const { args = [], maxDescriptors, nice = 0, node = process.execPath, nodeArgs = [] } = options;
    let command = [node, ...nodeArgs, await bundled(path), ...args];
    if (options.prefix !== undefined) command = [...options.prefix, ...command];
    if (nice < 0) command = [...SESSION, String(nice), ...command];
    if (nice !== 0) command = ["nice", "-n", String(nice), ...command];
    if (maxDescriptors !== undefined)
      command = ["sh", "-c", `ulimit -n ${maxDescriptors}; exec "$@"`, "sh", ...command];
    const stdio = ["ignore", "inherit", "pipe", "ipc", ...(options.descriptors ?? [])] as const;
    return new Child(spawn(command[0] ?? "", command.slice(1), { stdio: [...stdio] }));
  }

  /** What it wrote to its standard error. */
  get errors(): string {
    return this.#errors;
  }

  send(message: object): void {
    this.process.send(message);
  }

  /** Its next message. Rejects when it ended. */
  async message<T>(): Promise<T> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message as T;
      if (!this.process.connected) throw new Error(`it ended (${await this.exit()}): ${this.#errors}`);
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  /** Asks for something and waits for the answer. */
  ask<T>(message: object): Promise<T> {
    this.send(message);
    return this.message<T>();
  }

  /** Its exit code, or the signal that ended it. */
  async exit(): Promise<number | string | null> {
    const { process } = this;
    if (process.exitCode === null && process.signalCode === null) await once(process, "exit");
    return process.exitCode ?? process.signalCode;
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.process.kill(signal);
  }
}

function bundled(path: string): Promise<string> {
  let bundle = bundles.get(path);
  if (bundle === undefined) {
    bundle = makeBundle(path);
    bundles.set(path, bundle);
  }
  return bundle;
}

async function makeBundle(path: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, basename(path).replace(/\.ts$/, ".mjs"));
  await bundleProgram(join(root, path), outfile, {
    // A test that was given up leaves nobody behind.
    banner: { js: 'process.once("disconnect", () => process.exit());' },
  });
  return outfile;
}
