/** Runs in the isolated page of these tests: the package as users have it, with the real client library. */
import { createFetch } from "portico/client";
import {
  type BootOptions,
  bootContainer,
  type ContainerError,
  type PorticoContainer,
} from "portico/webcontainer";

interface Failure {
  readonly code: string;
  readonly message: string;
}

const page = {
  container: undefined as PorticoContainer | undefined,
  /** @returns why it failed, if it did */
  async boot(options: BootOptions = {}): Promise<Failure | undefined> {
    try {
      page.container = await bootContainer(options);
      return undefined;
    } catch (error) {
      const { code, message } = error as ContainerError;
      return { code, message };
    }
  },
  get booted(): PorticoContainer {
    if (!page.container) throw new Error("boot() first");
    return page.container;
  },
  /** Runs a program to its end. */
  async output(source: string, options = {}): Promise<{ text: string; code: number }> {
    const program = await page.booted.run(source, options);
    let text = "";
    const reader = program.output.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
    return { text, code: await program.exit };
  },
  createFetch,
};

declare global {
  var tests: typeof page;
}
globalThis.tests = page;
