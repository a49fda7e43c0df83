/**
 * What of `@webcontainer/api` is used. A `WebContainer` of that package is one; these declarations ask for no more than
 * they need, so that Portico's do not depend on an optional package.
 */

/** A running process. */
export interface ContainerProcess {
  readonly exit: Promise<number>;
  /** What is typed. */
  readonly input: WritableStream<string>;
  /** What a terminal shows: standard output and standard error together. */
  readonly output: ReadableStream<string>;
  kill(): void;
}

/** Files by name, and folders of them, as `@webcontainer/api` mounts them. */
export interface ContainerTree {
  [name: string]: { file: { contents: string } } | { directory: ContainerTree };
}

/** A booted WebContainer. */
export interface WebContainerLike {
  mount(tree: ContainerTree): Promise<void>;
  spawn(
    command: string,
    args: string[],
    options?: { env?: Record<string, string>; cwd?: string },
  ): Promise<ContainerProcess>;
  on(event: "server-ready", listener: (port: number, url: string) => void): () => void;
  on(event: "port", listener: (port: number, type: "open" | "close", url: string) => void): () => void;
  on(event: "error", listener: (error: { message: string }) => void): () => void;
  teardown(): void;
}

/** The package, as far as it boots. */
export interface WebContainerApi {
  readonly WebContainer: {
    boot(options: {
      coep?: "require-corp" | "credentialless";
      workdirName?: string;
    }): Promise<WebContainerLike>;
  };
}
