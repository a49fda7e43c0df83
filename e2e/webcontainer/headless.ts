/**
 * The page of the stand-in host that the client library puts into a hidden frame: the far end of its conversation, with
 * the library's own copy of Comlink. Everything real happens in `stand-in.ts`.
 */
import { Comlink } from "virtual:webcontainer-comlink";
import type { HostEvent } from "./stand-in.ts";

type Listener = (...values: unknown[]) => unknown;

async function call(path: string, values: unknown = {}): Promise<unknown> {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(values) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

class Instance {
  readonly #id: string;
  readonly #cwd: string;
  readonly #outputs = new Map<number, Listener>();
  readonly #exits = new Map<number, (code: number) => void>();
  readonly #listeners: { event: string; listener: Listener }[] = [];
  /** What came before somebody asked. */
  #early: HostEvent[] = [];

  constructor({ id, cwd }: { id: string; cwd: string }) {
    this.#id = id;
    this.#cwd = cwd;
    void this.#follow();
  }

  fs = () => Comlink.proxy({ readFile: (path: string) => this.#call("read", { path }) });
  previewScript = () => Comlink.proxy({});
  runtimeInfo = () => ({ path: "/bin", cwd: this.#cwd });
  teardown = () => this.#call("teardown");

  loadFiles(payload: Uint8Array, { mountPoints }: { mountPoints?: string }): Promise<unknown> {
    const tree = JSON.parse(new TextDecoder().decode(payload));
    return this.#call("files", { tree, mountPoint: mountPoints });
  }

  async run(
    { command, args, env }: { command: string; args: string[]; env?: Record<string, string> },
    _stdout: unknown,
    _stderr: unknown,
    output: Listener | undefined,
  ): Promise<unknown> {
    const id = (await this.#call("spawn", { command, args, env })) as number;
    if (output) this.#outputs.set(id, output);
    const onExit = new Promise<number>((resolve) => this.#exits.set(id, resolve));
    for (const event of this.#early.splice(0)) this.#hear(event);
    // Nobody awaits a write, and requests that are on their way together may arrive in any order.
    let typing: Promise<unknown> = Promise.resolve();
    return Comlink.proxy({
      onExit,
      kill: () => this.#call("kill", { id }),
      write: (typed: string) => {
        typing = typing.then(() => this.#call("type", { id, typed }));
        return typing;
      },
      resize: () => undefined,
    });
  }

  on(event: string, listener: Listener): unknown {
    const entry = { event, listener };
    this.#listeners.push(entry);
    return Comlink.proxy(() => this.#listeners.splice(this.#listeners.indexOf(entry), 1));
  }

  #call = (order: string, values?: unknown) => call(`/${order}/${this.#id}`, values);

  async #follow(): Promise<void> {
    const { body } = await fetch(`/events/${this.#id}`);
    let rest = "";
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      const lines = (rest + read.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#hear(JSON.parse(line));
    }
  }

  #hear(event: HostEvent): void {
    if (event.type === "port") {
      this.#emit("port", event.port, event.state, event.url);
      if (event.state === "open") this.#emit("server-ready", event.port, event.url);
    } else if (!this.#exits.has(event.id)) this.#early.push(event);
    else if (event.type === "exit") this.#exits.get(event.id)?.(event.code);
    else this.#outputs.get(event.id)?.(event.text === null ? null : new TextEncoder().encode(event.text));
  }

  #emit(name: string, ...values: unknown[]): void {
    for (const { event, listener } of [...this.#listeners]) if (event === name) listener(...values);
  }
}

const { port1, port2 } = new MessageChannel();
Comlink.expose(
  {
    async build() {
      return Comlink.proxy(new Instance((await call("/build")) as { id: string; cwd: string }));
    },
  },
  port1,
);
parent.postMessage({ type: "init" }, "*", [port2]);
