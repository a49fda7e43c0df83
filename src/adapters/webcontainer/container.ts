/// <reference lib="esnext.disposable" preserve="true" />
import type { Network } from "../../socket/index.ts";
import type { ContainerTree, WebContainerLike } from "./api.ts";
import { type BootOptions, bootWebContainer } from "./boot.ts";
import { ContainerError } from "./errors.ts";
import { ContainerProgram } from "./program.ts";
import { type Relay, relayOver } from "./relay.ts";

/** Where programs are put, and the package beside them, relative to the container's working directory. */
const PROGRAM = "server.js";
const PACKAGE = "node_modules/portico";

/** A port that a process of the container listens on. */
export interface ContainerPort {
  readonly port: number;
  /** The URL under which a browser reaches it, without a path. */
  readonly url: string;
}

/** `ready`: a server answers there; `open` may come before. */
export type PortEvent = "open" | "ready" | "close";
export type PortWatcher = (event: PortEvent, port: ContainerPort) => void;

/** Options of `run`. */
export interface RunOptions {
  /** More files beside the program. Default: none. */
  readonly files?: ContainerTree;
  /** Variables of its environment. Default: none. */
  readonly env?: Record<string, string>;
  /** Arguments of the program, behind its name. Default: none. */
  readonly args?: readonly string[];
}

/**
 * A WebContainer with Portico in it. Programs there import `"portico"` and run on `NodeNetwork`.
 *
 * @example
 * ```ts
 * import { bootWebContainer, PorticoContainer } from "portico/webcontainer";
 *
 * await using container = await PorticoContainer.mount(await bootWebContainer());
 * container.onPort((event, { port, url }) => console.log(event, port, url));
 * const program = await container.run("console.log(process.version)");
 * await program.exit;
 * ```
 */
export class PorticoContainer implements AsyncDisposable {
  readonly webcontainer: WebContainerLike;
  readonly #ports = new Map<number, ContainerPort>();
  readonly #watchers = new Set<PortWatcher>();
  readonly #unsubscribe: readonly (() => void)[];
  #relay: Promise<Relay> | undefined;
  #closed = false;

  private constructor(webcontainer: WebContainerLike) {
    this.webcontainer = webcontainer;
    this.#unsubscribe = [
      webcontainer.on("server-ready", (port, url) => this.#onPort("ready", { port, url })),
      webcontainer.on("port", (port, type, url) => this.#onPort(type, { port, url })),
    ];
  }

  /**
   * Mounts Portico's built package, so that nothing has to be fetched from a registry.
   * @param files the package's files by their path; default: the ones that this version was built with
   */
  static async mount(
    webcontainer: WebContainerLike,
    files?: Readonly<Record<string, string>>,
  ): Promise<PorticoContainer> {
    const all = files ?? (await import("virtual:portico-package")).default;
    const entries = Object.entries(all).map(([path, contents]) => [`${PACKAGE}/${path}`, contents] as const);
    await webcontainer.mount(
      treeOf([["package.json", '{ "name": "program", "private": true, "type": "module" }\n'], ...entries]),
    );
    return new PorticoContainer(webcontainer);
  }

  /** Ports that processes listen on, in the order in which they opened. */
  get ports(): readonly ContainerPort[] {
    return [...this.#ports.values()];
  }

  /** Calls back when a port opens, has a server that answers, or closes. @returns what ends that */
  onPort(watcher: PortWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Runs a program in a Node process of its own.
   *
   * @param source an ES module in JavaScript that may import `"portico"`, its parts, and Node's modules
   * @throws ContainerError `ContainerClosed`
   */
  async run(source: string, options: RunOptions = {}): Promise<ContainerProgram> {
    this.#check();
    const { files = {}, env = {}, args = [] } = options;
    await this.webcontainer.mount({ ...files, [PROGRAM]: { file: { contents: source } } });
    let unwatch: (() => void) | undefined;
    const firstPort = new Promise<ContainerPort>((resolve) => {
      unwatch = this.onPort((event, port) => event === "ready" && resolve(port));
    });
    try {
      const process = await this.webcontainer.spawn("node", [PROGRAM, ...args], { env });
      const program = new ContainerProgram(process, firstPort);
      program.ready.then(unwatch, unwatch);
      return program;
    } catch (error) {
      unwatch?.();
      throw error;
    }
  }

  /**
   * A network whose `connect` reaches the ports inside, byte for byte, over a relay process there. It is started with the
   * first call, and again after it ended.
   *
   * @throws ContainerError `ContainerClosed`
   */
  async network(): Promise<Network> {
    this.#check();
    this.#relay ??= this.webcontainer.spawn("node", [`${PACKAGE}/relay.js`]).then((process) => {
      const relay = relayOver(process);
      void relay.closed.then(() => {
        this.#relay = undefined;
      });
      return relay;
    });
    return (await this.#relay).network;
  }

  /** Ends every process and the container. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const relay = await this.#relay?.catch(() => undefined);
    relay?.close();
    this.webcontainer.teardown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #onPort(event: PortEvent, port: ContainerPort): void {
    if (event === "close") this.#ports.delete(port.port);
    else this.#ports.set(port.port, port);
    for (const watcher of [...this.#watchers]) watcher(event, port);
  }

  #check(): void {
    if (this.#closed) throw new ContainerError("ContainerClosed", "The container was closed");
  }
}

/**
 * Boots a WebContainer in this page, in a bounded time, and mounts Portico in it. The page has to be isolated across
 * origins (COOP `same-origin`, COEP `require-corp`), and `@webcontainer/api` has to be installed.
 *
 * @throws ContainerError `NotIsolated`, `ServiceWorkerUnsupported`, `HostUnreachable`, `BootTimeout`, `BootFailed`
 *
 * @example
 * ```ts
 * import { createFetch } from "portico";
 * import { bootContainer } from "portico/webcontainer";
 *
 * const container = await bootContainer();
 * const program = await container.run(`
 *   import { AsyncHttpServer } from "portico";
 *   await new AsyncHttpServer().serve(8080, (request) => request.respond(200, "from Node"));
 * `);
 * const { url, port } = await program.ready; // `url` is for a frame
 * const fetch = createFetch(await container.network()); // to the bytes, too
 * const response = await fetch(`http://localhost:${port}/`);
 * console.log(url, await response.text());
 * ```
 */
export async function bootContainer(options: BootOptions = {}): Promise<PorticoContainer> {
  return PorticoContainer.mount(await bootWebContainer(options));
}

/** Folders out of paths. */
function treeOf(files: readonly (readonly [string, string])[]): ContainerTree {
  const root: ContainerTree = {};
  for (const [path, contents] of files) {
    const names = path.split("/");
    const name = names.pop() ?? "";
    let folder = root;
    for (const each of names) {
      const known = folder[each];
      const directory = known && "directory" in known ? known.directory : {};
      folder[each] = { directory };
      folder = directory;
    }
    folder[name] = { file: { contents } };
  }
  return root;
}
