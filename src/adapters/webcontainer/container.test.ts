import { beforeEach, describe, expect, test } from "vitest";
import type { ContainerProcess, ContainerTree, WebContainerLike } from "./api.ts";
import { PorticoContainer } from "./container.ts";

type Listener = (...values: never[]) => void;

/** A container whose processes are in the test's hand. */
class FakeContainer {
  readonly mounted: ContainerTree[] = [];
  readonly spawned: { command: string; args: string[]; exit(code: number): void; say(text: string): void }[] =
    [];
  readonly listeners = new Map<string, Set<Listener>>();
  killed = 0;
  tornDown = 0;

  async mount(tree: ContainerTree): Promise<void> {
    this.mounted.push(tree);
  }
  async spawn(command: string, args: string[]): Promise<ContainerProcess> {
    let exit: (code: number) => void = () => {};
    let say: (text: string) => void = () => {};
    const process: ContainerProcess = {
      exit: new Promise((resolve) => {
        exit = resolve;
      }),
      input: new WritableStream(),
      output: new ReadableStream({
        start(controller) {
          say = (text) => controller.enqueue(text);
        },
      }),
      kill: () => {
        this.killed++;
      },
    };
    this.spawned.push({ command, args, exit, say });
    return process;
  }
  on(event: string, listener: Listener): () => void {
    const all = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, all.add(listener));
    return () => all.delete(listener);
  }
  emit(event: string, ...values: unknown[]): void {
    for (const listener of this.listeners.get(event) ?? [])
      (listener as (...values: unknown[]) => void)(...values);
  }
  teardown(): void {
    this.tornDown++;
  }
}

let fake: FakeContainer;
let container: PorticoContainer;
beforeEach(async () => {
  fake = new FakeContainer();
  const like = fake as unknown as WebContainerLike;
  container = await PorticoContainer.mount(like, { "package.json": "{}", "chunks/a.js": "1" });
});

test("the package lies where Node looks for it, and programs are modules", () => {
  expect(fake.mounted).toEqual([
    {
      "package.json": { file: { contents: expect.stringContaining('"type": "module"') } },
      node_modules: {
        directory: {
          portico: {
            directory: {
              "package.json": { file: { contents: "{}" } },
              chunks: { directory: { "a.js": { file: { contents: "1" } } } },
            },
          },
        },
      },
    },
  ]);
});

describe("a program", () => {
  test("is ready when a server answers that was not there before", async () => {
    fake.emit("server-ready", 1, "https://one.example");
    const program = await container.run("source", { args: ["x"] });
    expect(fake.spawned[0]).toMatchObject({ command: "node", args: ["server.js", "x"] });
    expect(fake.mounted[1]).toEqual({ "server.js": { file: { contents: "source" } } });
    fake.emit("port", 2, "open", "https://two.example");
    fake.emit("server-ready", 2, "https://two.example/ready");
    expect(await program.ready).toEqual({ port: 2, url: "https://two.example/ready" });
    expect(container.ports.map(({ port }) => port)).toEqual([1, 2]);
  });

  test("is ready when its server answered before we were told that it runs", async () => {
    const spawn = fake.spawn.bind(fake);
    fake.spawn = async (command, args) => {
      const process = await spawn(command, args);
      fake.emit("server-ready", 5, "https://five.example");
      await new Promise((resolve) => setTimeout(resolve));
      return process;
    };
    const program = await container.run("");
    expect(await program.ready).toEqual({ port: 5, url: "https://five.example" });
  });

  test("that ends without listening was never ready", async () => {
    const program = await container.run("1");
    fake.spawned[0]?.exit(0);
    await expect(program.ready).rejects.toMatchObject({ code: "ContainerClosed" });
    expect(await program.exit).toBe(0);
  });

  test("is killed, when that is asked for", async () => {
    (await container.run("1")).kill();
    expect(fake.killed).toBe(1);
  });
});

test("ports open, answer and close, for whoever watches", () => {
  const seen: string[] = [];
  const stop = container.onPort((event, { port }) => seen.push(`${event} ${port}`));
  fake.emit("port", 3, "open", "https://three.example");
  fake.emit("server-ready", 3, "https://three.example");
  fake.emit("port", 3, "close", "https://three.example");
  stop();
  fake.emit("port", 4, "open", "https://four.example");
  expect(seen).toEqual(["open 3", "ready 3", "close 3"]);
  expect(container.ports.map(({ port }) => port)).toEqual([4]);
});

describe("the relay", () => {
  test("is one process, and another one after it ended", async () => {
    const first = await container.network();
    expect(await container.network()).toBe(first);
    expect(fake.spawned.map(({ args }) => args)).toEqual([["node_modules/portico/relay.js"]]);
  });

  test("ends its connections when its process does", async () => {
    const network = await container.network();
    const connecting = network.connect({ host: "localhost", port: 1 });
    fake.spawned[0]?.exit(1);
    await expect(connecting).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});

test("closing is once, and nothing runs after it", async () => {
  await container.close();
  await container.close();
  expect(fake.tornDown).toBe(1);
  await expect(container.run("1")).rejects.toMatchObject({ code: "ContainerClosed" });
  await expect(container.network()).rejects.toMatchObject({ code: "ContainerClosed" });
});
