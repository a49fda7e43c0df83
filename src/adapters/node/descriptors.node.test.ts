import { closeSync, openSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WireClient } from "../../testing/index.ts";
import { Descriptors } from "./descriptors.ts";
import { NodeNetwork } from "./index.ts";
import { Program } from "./program.fixture.ts";

const programs: Program[] = [];
afterEach(() => {
  for (const program of programs.splice(0)) program.kill();
});

async function start(source: string, options: { maxDescriptors?: number }): Promise<Program> {
  const program = await Program.start(source, options);
  programs.push(program);
  return program;
}

const server = `
  import { NodeNetwork } from "./index.ts";
  const network = new NodeNetwork();
  const listener = await network.listen({ port: 0, address: "127.0.0.1" });
  console.log(listener.address.port, network.descriptors().max);
  for (;;) {
    try {
      const socket = await listener.accept();
      socket.open({ onData: (bytes) => socket.write(bytes), onEnd: () => socket.end(), onDrain() {}, onClose() {} });
    } catch (error) {
      console.log(error.code);
    }
  }`;

describe("descriptors", () => {
  it("is the process's real count, files included, within a sample's age", () => {
    const before = new Descriptors().count();
    const files = Array.from({ length: 20 }, () => openSync("/dev/null", "r"));
    const during = new Descriptors().count();
    for (const file of files) closeSync(file);
    expect(during.active - before.active).toBeGreaterThanOrEqual(20 - 5); // other tests of the process may close some
  });

  it("counts what was opened and closed since the sample, at once", () => {
    const descriptors = new Descriptors();
    const { active } = descriptors.count();
    for (let i = 0; i < 3; i++) descriptors.opened();
    descriptors.closed();
    expect(descriptors.count().active).toBe(active + 2);
  });

  it("costs next to nothing", () => {
    const descriptors = new Descriptors();
    const calls = 100_000;
    const { user: before } = process.cpuUsage();
    for (let i = 0; i < calls; i++) descriptors.count();
    const microseconds = (process.cpuUsage().user - before) / calls;
    expect(microseconds).toBeLessThan(5); // about 0.1; counting takes 6 to 1000
  });

  it.runIf(process.platform === "linux")(
    "reports the limit of the process, not that of the shell",
    async () => {
      const { max } = new Descriptors().count();
      expect(readFileSync("/proc/self/limits", "latin1")).toContain(`${max}`);
      const program = await start(server, { maxDescriptors: 77 });
      expect(await program.line()).toMatch(/^\d+ 77$/);
    },
  );
});

describe("out of descriptors", () => {
  it("goes on listening: what comes then is closed, and what comes later is served", async () => {
    const program = await start(server, { maxDescriptors: 60 });
    const port = Number((await program.line()).split(" ")[0]);
    const network = new NodeNetwork();
    const connect = () => WireClient.connect(network, { host: "127.0.0.1", port });
    const clients = await Promise.all(Array.from({ length: 80 }, connect));
    await Promise.all(clients.map((client) => client.send("?")));
    const answers = clients.map((client) =>
      client.read("?").then(
        () => "served",
        () => "closed",
      ),
    );
    const outcomes = await Promise.all(answers);
    expect(new Set(outcomes)).toEqual(new Set(["served", "closed"]));
    for (const client of clients) client.destroy();
    await Promise.all(clients.map((client) => client.closed()));
    // The server hears of the 80 ends in its own time: until then a further one is closed as they were.
    await vi.waitFor(async () => {
      const later = await connect();
      await later.send("!");
      expect(await later.read("!")).toBe("!");
      later.destroy();
    }, 5000);
  });

  it("rejects connect with EMFILE", async () => {
    const program = await start(
      `import { NodeNetwork } from "./index.ts";
      const network = new NodeNetwork();
      const listener = await network.listen({ port: 0, address: "127.0.0.1" });
      const sockets = [];
      try {
        for (;;) sockets.push(await network.connect({ host: "127.0.0.1", port: listener.address.port }));
      } catch (error) {
        const { active, max } = network.descriptors();
        console.log(error.name, error.code, active > max - 10, max);
      }
      process.exit();`,
      { maxDescriptors: 60 },
    );
    expect(await program.line()).toBe("NetworkError EMFILE true 60");
  });
});

it("lets a connection that is alone in, and asks the system when there is a second one", () => {
  const descriptors = new Descriptors();
  const count = vi.spyOn(descriptors, "count");
  descriptors.opened(); // the listener
  expect([descriptors.short, count.mock.calls.length]).toEqual([false, 0]);
  descriptors.opened();
  expect([descriptors.short, count.mock.calls.length]).toEqual([false, 1]);
});
