import type { ContainerProcess } from "./api.ts";
import type { ContainerPort } from "./container.ts";
import { ContainerError } from "./errors.ts";

/**
 * A program that runs in a container.
 *
 * @example
 * ```ts
 * import { bootContainer } from "portico/webcontainer";
 *
 * const container = await bootContainer();
 * const program = await container.run("console.log(process.version)");
 * for await (const text of program.output) console.log(text);
 * console.log(`ended with ${await program.exit}`);
 * ```
 */
export class ContainerProgram {
  /** What it writes, standard output and standard error together. Read it or cancel it. */
  readonly output: ReadableStream<string>;
  /** Its exit code, once it has ended. */
  readonly exit: Promise<number>;
  /** The first port that a server answers on since the program was started. Rejects with `ContainerClosed` when it ends without. */
  readonly ready: Promise<ContainerPort>;
  readonly #process: ContainerProcess;

  /** @param firstPort the first that has a server since the process was asked for, which may be before it was given */
  constructor(process: ContainerProcess, firstPort: Promise<ContainerPort>) {
    this.#process = process;
    this.output = process.output;
    this.exit = process.exit;
    this.ready = new Promise((resolve, reject) => {
      void firstPort.then(resolve);
      const ended = () =>
        reject(new ContainerError("ContainerClosed", "The program ended before it listened"));
      process.exit.then(ended, ended);
    });
  }

  /** Ends it, whatever it does. */
  kill(): void {
    this.#process.kill();
  }
}
