/**
 * A stand-in for the host of WebContainers: it serves the page that the client library boots from (`headless.ts`), and
 * runs real Node processes for what is spawned there, each container in a folder of its own. It is stern where the real
 * one may be: it echoes what is typed and ends lines as terminals do.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "../../scripts/entries.mjs";

/** `silent`: its page never says a word. `failing`: it can't build a container. */
export type Behaviour = "working" | "silent" | "failing";

/** A tree as the client library sends it. */
type Tree = { d: Record<string, Tree> } | { f: { c?: string; b?: true; l?: string } };

/** What the page in the browser is told, one a line. */
export type HostEvent =
  | { readonly type: "output"; readonly id: number; readonly text: string | null }
  | { readonly type: "exit"; readonly id: number; readonly code: number }
  | { readonly type: "port"; readonly port: number; readonly state: "open" | "close"; readonly url: string };

const hook = new URL("./listening-hook.mjs", import.meta.url).href;
/** What a document needs in a page that is isolated. */
const embeddable = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

export class StandIn {
  behaviour: Behaviour = "working";
  readonly #server: Server;
  readonly #containers = new Map<string, Container>();
  readonly #script: string;

  private constructor(script: string) {
    this.#script = script;
    this.#server = createServer((asked, answer) => {
      // A page that is closed may leave in the middle of what it says.
      this.#answer(asked, answer).catch((error: unknown) => {
        if (!answer.headersSent) answer.writeHead(500, embeddable).end(String(error));
      });
    });
  }

  static async start(): Promise<StandIn> {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("./headless.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "iife",
      target: "es2022",
      absWorkingDir: root,
      alias: {
        "virtual:webcontainer-comlink": `${root}node_modules/@webcontainer/api/dist/vendor/index.js`,
      },
    });
    const host = new StandIn(outputFiles[0]?.text ?? "");
    await new Promise<void>((resolve) => host.#server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Processes that run now. */
  get processes(): number {
    return [...this.#containers.values()].reduce((sum, { running }) => sum + running, 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#containers.values()].map((container) => container.close()));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(asked.url ?? "/", this.url);
    const end = (content: string, type = "application/json") =>
      answer.writeHead(200, { ...embeddable, "Content-Type": type }).end(content);
    if (url.pathname === "/headless") {
      const script =
        this.behaviour === "silent" ? "" : `<script>${this.#script.replaceAll("</", "<\\/")}</script>`;
      end(`<!doctype html><title>stand-in</title><body>${script}`, "text/html");
      return;
    }
    const [, name, id = ""] = url.pathname.split("/");
    if (name === "build") {
      if (this.behaviour === "failing") {
        answer.writeHead(500, embeddable).end("no memory left");
        return;
      }
      const container = await Container.create();
      this.#containers.set(container.id, container);
      end(JSON.stringify({ id: container.id, cwd: container.folder }));
      return;
    }
    const container = this.#containers.get(id);
    if (!container) answer.writeHead(404, embeddable).end();
    else if (name === "events") container.events(answer.writeHead(200, embeddable));
    else end(JSON.stringify((await container.obey(name ?? "", JSON.parse(await text(asked)))) ?? null));
  }
}

class Container {
  readonly id = crypto.randomUUID();
  readonly folder: string;
  readonly #processes = new Map<number, ChildProcess>();
  readonly #proxies = new Map<number, Server>();
  readonly #waiting: HostEvent[] = [];
  #listener: ServerResponse | undefined;
  #last = 0;
  #closed = false;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Container> {
    return new Container(await mkdtemp(join(tmpdir(), "portico-container-")));
  }

  get running(): number {
    return this.#processes.size;
  }

  /** Everything that happens from now on goes there, one JSON a line. */
  events(answer: ServerResponse): void {
    this.#listener = answer;
    for (const event of this.#waiting.splice(0)) this.#tell(event);
  }

  async obey(order: string, values: unknown): Promise<unknown> {
    const { tree, mountPoint, command, args, env, id, typed, path } = values as {
      readonly tree: Tree;
      readonly mountPoint?: string;
      readonly command: string;
      readonly args: string[];
      readonly env?: Record<string, string>;
      readonly id: number;
      readonly typed: string;
      readonly path: string;
    };
    if (order === "files") return this.#write(tree, join(this.folder, mountPoint ?? ""));
    if (order === "spawn") return this.#spawn(command, args, env);
    if (order === "type") return this.#type(id, typed);
    if (order === "kill") return void this.#processes.get(id)?.kill("SIGKILL");
    if (order === "read") return readFile(join(this.folder, path), "utf8");
    if (order === "teardown") return this.close();
    throw new Error(`There is no ${order}`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const process of this.#processes.values()) process.kill("SIGKILL");
    for (const proxy of this.#proxies.values()) {
      proxy.closeAllConnections();
      proxy.close();
    }
    this.#listener?.end();
    // A process that was killed may still be at its last write.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #write(tree: Tree, path: string): Promise<void> {
    if ("f" in tree) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, tree.f.c ?? "", tree.f.b ? "latin1" : "utf8");
      return;
    }
    await mkdir(path, { recursive: true });
    for (const [name, child] of Object.entries(tree.d)) await this.#write(child, join(path, name));
  }

  #spawn(command: string, args: string[], env: Record<string, string> = {}): number {
    if (this.#closed) throw new Error("The container is over"); // and its folder with it
    if (command !== "node") throw new Error(`There is no ${command}`);
    const id = ++this.#last;
    const process = spawn(execPath, ["--import", hook, ...args], {
      cwd: this.folder,
      env: { PATH: dirname(execPath), ...env },
      stdio: ["pipe", "pipe", "pipe", "ipc"],
    });
    this.#processes.set(id, process);
    process.stdin?.on("error", () => {}); // what is typed to a process that has ended
    const ports = new Set<number>();
    const output = (text: string) => this.#say(id, text);
    // A character may come in two parts.
    process.stdout?.setEncoding("utf8").on("data", output);
    process.stderr?.setEncoding("utf8").on("data", output);
    // To open a port takes a while: what is told of it next waits, or it would be told first.
    let told: Promise<void> = Promise.resolve();
    const tell = (port: number, state: "open" | "close") => {
      told = told.then(() => this.#onPort(port, state));
    };
    process.on("message", ({ port, state }: { port: number; state: "open" | "close" }) => {
      if (state === "open") ports.add(port);
      tell(port, state);
    });
    process.on("close", (code) => {
      this.#processes.delete(id);
      for (const port of ports) tell(port, "close");
      void told.then(() => {
        this.#tell({ type: "output", id, text: null });
        this.#tell({ type: "exit", id, code: code ?? 137 });
      });
    });
    return id;
  }

  /** A terminal shows what is typed, too. */
  #type(id: number, typed: string): void {
    this.#say(id, typed);
    this.#processes.get(id)?.stdin?.write(typed);
  }

  #say(id: number, said: string): void {
    this.#tell({ type: "output", id, text: said.replace(/\r?\n/g, "\r\n") });
  }

  /** A port has a URL of its own, whose answers can be shown in an isolated page. */
  async #onPort(port: number, state: "open" | "close"): Promise<void> {
    const known = this.#proxies.get(port);
    if (state === "open" && !known) {
      const proxy = createServer((asked, answer) => forward(asked, answer, port));
      this.#proxies.set(port, proxy);
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    } else if (state === "close" && known) {
      this.#proxies.delete(port);
      known.closeAllConnections();
      known.close();
    }
    const address = (this.#proxies.get(port) ?? known)?.address() as AddressInfo | null | undefined;
    this.#tell({ type: "port", port, state, url: `http://localhost:${address?.port ?? 0}` });
  }

  #tell(event: HostEvent): void {
    if (this.#listener) this.#listener.write(`${JSON.stringify(event)}\n`);
    else this.#waiting.push(event);
  }
}

function forward(asked: IncomingMessage, answer: ServerResponse, port: number): void {
  const { method, url: path, headers } = asked;
  const onward = request({ host: "localhost", port, method, path, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, { ...reply.headers, ...embeddable });
    reply.pipe(answer);
  });
  onward.on("error", () => answer.writeHead(502, embeddable).end());
  asked.pipe(onward);
}
