import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A program in a process of its own, written as a module of this folder. Its lines are read one by one. */
export class Program {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess) {
    this.process = process;
    if (!process.stdout) throw new Error("The program's output is not a pipe");
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /**
   * @param descriptors what it inherits from 3 on.
   * @param maxDescriptors its limit of open files, which Node can't raise again.
   */
  static async start(
    source: string,
    options: { descriptors?: number[]; maxDescriptors?: number } = {},
  ): Promise<Program> {
    const stdin = { contents: source, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
    const { outputFiles } = await build({
      stdin,
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
    });
    const node = [process.execPath, "--input-type=module", "-e", outputFiles[0]?.text ?? ""];
    const limited = options.maxDescriptors
      ? ["sh", "-c", `ulimit -n ${options.maxDescriptors}; exec "$@"`, "sh", ...node]
      : node;
    const stdio = ["ignore" as const, "pipe" as const, "inherit" as const, ...(options.descriptors ?? [])];
    return new Program(spawn(limited[0] ?? "", limited.slice(1), { stdio }));
  }

  /** The next line that it printed. */
  async line(): Promise<string> {
    const next = await this.#lines.next();
    return next.done ? "" : next.value;
  }

  /** Its exit code. */
  exit(): Promise<number | null> {
    const { process } = this;
    if (process.exitCode !== null) return Promise.resolve(process.exitCode);
    return new Promise((resolve) => process.once("exit", (code) => resolve(code)));
  }

  kill(): void {
    this.process.kill("SIGKILL");
  }
}
