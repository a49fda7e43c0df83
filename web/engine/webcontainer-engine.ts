/**
 * Real Node in a WebContainer. A program's ports are let through from the page's network by the same relay as the page
 * engine's, so the conditions and the wire view hold; its pages have the URLs that the container gives them.
 */
import type { WebContainerLike } from "../../src/adapters/webcontainer/api.ts";
import { PorticoContainer } from "../../src/adapters/webcontainer/container.ts";
import type { ContainerProgram } from "../../src/adapters/webcontainer/program.ts";
import { readAll } from "../../src/adapters/webcontainer/relay.ts";
import type { Network } from "../../src/socket/index.ts";
import { h } from "../app/dom.ts";
import { compileForNode } from "../compile/compile.ts";
import { READY } from "../frame/protocol.ts";
import { type Engine, EngineUnavailable, type PageUrls, type ProgramEvents, type Run } from "./engine.ts";
import { OutputLines } from "./output-lines.ts";
import { Relay } from "./relay.ts";
import { loadSiteConfig } from "./site-config.ts";

/** For the document that the container is booted in. */
const FRAME_MS = 10_000;
/** For the processes of the run before to be gone. */
const EXIT_MS = 3000;

const REASONS: Readonly<Record<string, string>> = {
  NotIsolated: "this host does not isolate its pages (COOP and COEP)",
  ServiceWorkerUnsupported: "there are no service workers here; is this a private window?",
  HostUnreachable: "the runtime's host can't be reached",
  BootTimeout: "the runtime's host did not answer",
  BootFailed: "the runtime failed to boot",
};

/**
 * @param network the page's, tapped and under its conditions
 * @throws EngineUnavailable
 */
export async function openWebContainerEngine(network: Network): Promise<Engine> {
  const { webcontainerHost } = await loadSiteConfig();
  const frame = h("iframe", {
    src: "./isolated-boot.html",
    title: "WebContainer",
    allow: "cross-origin-isolated",
    "aria-hidden": "true",
    hidden: true,
  });
  try {
    const webcontainer = await boot(frame, webcontainerHost);
    const container = await PorticoContainer.mount(webcontainer);
    return new WebContainerEngine(network, container, frame);
  } catch (error) {
    frame.remove();
    if (error instanceof EngineUnavailable) throw error;
    // Of another realm: told by its code.
    const { code } = error as { code?: unknown };
    throw new EngineUnavailable(REASONS[String(code)] ?? "the runtime failed to start");
  }
}

async function boot(frame: HTMLIFrameElement, host: string | undefined): Promise<WebContainerLike> {
  const ready = new Promise<void>((resolve, reject) => {
    const late = () => reject(new EngineUnavailable("the playground's host does not answer"));
    setTimeout(late, FRAME_MS);
    addEventListener("message", function hear({ source, data }: MessageEvent<unknown>) {
      if (source !== frame.contentWindow || data !== READY) return;
      removeEventListener("message", hear);
      resolve();
    });
  });
  document.body.append(frame);
  await ready;
  const { bootWebContainer } = frame.contentWindow ?? {};
  if (!bootWebContainer) throw new EngineUnavailable("the playground's files are of different versions");
  return bootWebContainer(host);
}

class WebContainerEngine implements Engine {
  readonly kind = "WebContainer";
  readonly network: Network;
  readonly pages: PageUrls;
  readonly #container: PorticoContainer;
  readonly #frame: HTMLIFrameElement;
  #exit: Promise<unknown> = Promise.resolve();

  constructor(network: Network, container: PorticoContainer, frame: HTMLIFrameElement) {
    this.network = network;
    this.#container = container;
    this.#frame = frame;
    this.pages = {
      urlFor(port, path) {
        const found = container.ports.find((each) => each.port === port);
        return found && (URL.parse(path, found.url) ?? undefined);
      },
    };
  }

  async prepare(): Promise<void> {
    await this.#container.network();
  }

  close(): void {
    void this.#container.close().finally(() => this.#frame.remove());
  }

  async start(source: string, events: ProgramEvents): Promise<Run> {
    const code = await compileForNode(source);
    await Promise.race([this.#exit, new Promise((resolve) => setTimeout(resolve, EXIT_MS))]);
    const inside = await this.#container.network();
    const ports = new Ports(this.#container, new Relay(this.network, inside), events);
    const env = { NO_COLOR: "1", FORCE_COLOR: "0" };
    const program = await this.#container.run(code, { env });
    this.#exit = program.exit.catch(() => {});
    const run = { over: false };
    void follow(program, events, run).finally(() => ports.close());
    return {
      stop() {
        run.over = true;
        ports.close();
        program.kill();
      },
    };
  }
}

/** What a program listens on, from its start to its end. */
class Ports {
  readonly #relay: Relay;
  readonly #events: ProgramEvents;
  readonly #open = new Set<number>();
  readonly #unwatch: () => void;

  constructor(container: PorticoContainer, relay: Relay, events: ProgramEvents) {
    this.#relay = relay;
    this.#events = events;
    this.#unwatch = container.onPort((event, { port }) => {
      if (event === "close") this.#shut(port);
      else void this.#let(port);
    });
  }

  close(): void {
    this.#unwatch();
    this.#relay.closeAll();
  }

  async #let(port: number): Promise<void> {
    if (this.#open.has(port)) return;
    this.#open.add(port);
    if (await this.#relay.open(port)) this.#events.onListen(port);
  }

  #shut(port: number): void {
    if (!this.#open.delete(port)) return;
    void this.#relay.close(port);
    this.#events.onUnlisten(port);
  }
}

/** Hands on what a program writes, and how it ends. */
async function follow(
  program: ContainerProgram,
  events: ProgramEvents,
  run: { readonly over: boolean },
): Promise<void> {
  const lines = new OutputLines((entries, dropped) => {
    if (!run.over) events.onConsole(entries, dropped);
  });
  const read = readAll(program.output, (text) => lines.write(text));
  const code = await program.exit.catch(() => undefined);
  // What it wrote last may still be on its way, and a process that it left could write for ever.
  await Promise.race([read, new Promise((resolve) => setTimeout(resolve, 500))]);
  lines.end();
  if (run.over) return;
  const failure = code === 0 ? undefined : lines.failure("server.js");
  if (failure) events.onFailure(failure.text, failure.place);
  events.onEnd(code === undefined ? "the container is gone" : `it exited with code ${code}`);
}
