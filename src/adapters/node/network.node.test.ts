import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Listener } from "../../socket/index.ts";
import { settled, WireClient } from "../../testing/index.ts";
import { NodeNetwork } from "./index.ts";
import { Program } from "./program.fixture.ts";

const network = new NodeNetwork();
const listeners: Listener[] = [];
const directory = mkdtempSync(join(tmpdir(), "portico-"));

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close();
});

async function listen(...options: Parameters<NodeNetwork["listen"]>): Promise<Listener> {
  const listener = await network.listen(...options);
  listeners.push(listener);
  return listener;
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "fulfilled",
    (error: { code?: string }) => error.code,
  );

describe("listening on TCP", () => {
  it("takes IPv4 alone when asked to, and IPv6 alone when asked to", async () => {
    const four = await listen({ port: 0, family: "IPv4" });
    const six = await listen({ port: four.address.port, family: "IPv6" }); // both, so neither has the other's
    expect([four.address, six.address]).toEqual([
      { address: "0.0.0.0", port: four.address.port, family: "IPv4" },
      { address: "::", port: four.address.port, family: "IPv6" },
    ]);
    (await network.connect({ host: "::1", port: six.address.port })).destroy();
    expect((await six.accept()).remoteAddress.family).toBe("IPv6");
  });

  it("resolves a name to bind, within the family", async () => {
    const listener = await listen({ port: 0, address: "localhost", family: "IPv4" });
    expect(listener.address).toMatchObject({ address: "127.0.0.1", family: "IPv4" });
    expect(await codeOf(network.listen({ port: 0, address: "no-such-name.invalid" }))).toMatch(
      /^(ENOTFOUND|EAI_)/,
    );
  });

  it("refuses an address of the other family", async () => {
    expect(await codeOf(network.listen({ port: 0, address: "::1", family: "IPv4" }))).toBe("EAFNOSUPPORT");
    expect(await codeOf(network.listen({ port: 0, address: "127.0.0.1", family: "IPv6" }))).toBe(
      "EAFNOSUPPORT",
    );
  });

  it("rejects with Node's code for an address that is not this host's, and for a port that is none", async () => {
    expect(await codeOf(network.listen({ port: 0, address: "192.0.2.254" }))).toBe("EADDRNOTAVAIL");
    expect(await codeOf(network.listen({ port: 65_536 }))).toBe("ERR_SOCKET_BAD_PORT");
    expect(await codeOf(network.connect({ host: "127.0.0.1", port: -1 }))).toBe("ERR_SOCKET_BAD_PORT");
  });

  it("refuses what Node would take for something else: no port, no host, no such family, no backlog", async () => {
    for (const port of [undefined, "80", 1.5, Number.NaN] as never[]) {
      expect(await codeOf(network.listen({ port })), String(port)).toBe("ERR_SOCKET_BAD_PORT");
      expect(await codeOf(network.connect({ host: "127.0.0.1", port }))).toBe("ERR_SOCKET_BAD_PORT");
    }
    const odd = [
      { family: "IPv5" },
      { family: 4 },
      { address: 5 },
      { backlog: -1 },
      { backlog: Number.NaN },
      { backlog: "5" },
    ] as object[];
    for (const options of odd) {
      expect(await codeOf(network.listen({ port: 0, ...options })), JSON.stringify(options)).toBe(
        "ERR_INVALID_ARG_VALUE",
      );
    }
    for (const host of [undefined, "", 5] as never[])
      expect(await codeOf(network.connect({ host, port: 1 }))).toBe("ERR_INVALID_ARG_VALUE");
  });

  it("refuses tls in the options of one listener or connection: it is the network's", async () => {
    const tls = { cert: "a certificate", key: "a key" };
    for (const spec of [{ port: 0 }, { path: join(directory, "plain") }, { fd: 9999 }])
      expect(await codeOf(network.listen({ ...spec, tls } as never)), JSON.stringify(spec)).toBe("ENOTSUP");
    for (const spec of [{ host: "127.0.0.1", port: 1 }, { path: join(directory, "plain") }])
      expect(await codeOf(network.connect({ ...spec, tls } as never)), JSON.stringify(spec)).toBe("ENOTSUP");
  });

  it("listens without reuseAddr, which has no effect here", async () => {
    const listener = await listen({ port: 0, address: "127.0.0.1", reuseAddr: false });
    const { port } = listener.address;
    expect(await codeOf(network.listen({ port, address: "127.0.0.1", reuseAddr: true }))).toBe("EADDRINUSE");
  });

  it("shares a port between listeners that ask for it, or says that this Node can't", async () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const has = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
    const shared = { port: 0, address: "127.0.0.1", reusePort: true };
    if (!has) {
      await expect(network.listen(shared)).rejects.toMatchObject({
        name: "NetworkError",
        code: "ENOTSUP",
        message: expect.stringContaining(`this is ${process.versions.node}`),
      });
      return;
    }
    const first = await listen(shared);
    const second = await listen({ ...shared, port: first.address.port });
    expect(second.address).toEqual(first.address);
  });

  it("resets what comes above the backlog while nobody accepts", async () => {
    const listener = await listen({ port: 0, address: "127.0.0.1", backlog: 2 });
    const connect = async () => {
      const client = await WireClient.connect(network, { host: "127.0.0.1", port: listener.address.port });
      await settled();
      return client;
    };
    const taken = [await connect(), await connect()];
    const refused = connect().then((client) => client.closed()); // it may be reset before it knows it is connected
    expect(await refused.catch(({ code }) => code)).toMatch(/^(reset|ECONNRESET)$/);
    expect(taken.map(({ state }) => state)).toEqual(["open", "open"]);
  });

  it("serves curl", async () => {
    const listener = await listen({ port: 0 });
    const answered = listener.accept().then(async (socket) => {
      const server = new WireClient(socket);
      const head = await server.read("\r\n\r\n");
      await server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
      server.end();
      return { head, state: await server.closed() };
    });
    const url = `http://localhost:${listener.address.port}/`;
    const { stdout } = await promisify(execFile)("curl", ["-sS", "--max-time", "5", url]);
    expect(stdout).toBe("hi");
    expect((await answered).head).toMatch(/^GET \/ HTTP\/1\.1\r\n/);
  });
});

describe("Unix sockets", () => {
  it("shows the path at both ends and removes it when it closes", async () => {
    const path = join(directory, "named");
    const listener = await listen({ path });
    const near = await network.connect({ path });
    const far = await listener.accept();
    const unnamed = { address: "", port: 0, family: "unix" };
    const named = { ...unnamed, address: path };
    expect([listener.address, near.remoteAddress, far.localAddress]).toEqual([named, named, named]);
    expect([near.localAddress, far.remoteAddress]).toEqual([unnamed, unnamed]);
    near.destroy();
    far.destroy();
    await listener.close();
    expect(existsSync(path)).toBe(false);
  });

  // libuv cuts a longer one without a word: the socket is made, or looked for, elsewhere.
  it("rejects with ENAMETOOLONG for a path that the kernel has no room for, and makes nothing", async () => {
    const most = process.platform === "linux" ? 107 : 103;
    const path = join(directory, "x".repeat(most - directory.length - 1));
    await listen({ path });
    (await network.connect({ path })).destroy();
    const attempts = (path: string) =>
      Promise.all([network.listen({ path }), network.connect({ path })].map(codeOf));
    expect(await attempts(`${path}x`)).toEqual(["ENAMETOOLONG", "ENAMETOOLONG"]);
    for (const wrong of ["", `${directory}/a\0b`])
      expect(await attempts(wrong)).toEqual(["ERR_INVALID_ARG_VALUE", "ERR_INVALID_ARG_VALUE"]);
    expect(readdirSync(directory)).toEqual([basename(path)]);
  });

  it("rejects with EADDRINUSE for a path that exists, and ENOENT for one that does not", async () => {
    const path = join(directory, "taken");
    await listen({ path });
    expect(await codeOf(network.listen({ path }))).toBe("EADDRINUSE");
    expect(await codeOf(network.connect({ path: join(directory, "nobody") }))).toBe("ENOENT");
  });

  // libuv makes the kernel's ENOENT that, for the sake of Windows.
  it("rejects with EACCES, as node:net does, where the folder is missing, and names it", async () => {
    const path = join(directory, "nowhere", "socket");
    const nodes = await new Promise((resolve) => createServer().once("error", resolve).listen(path));
    const refused = network.listen({ path });
    await expect(refused).rejects.toMatchObject({ code: (nodes as NodeJS.ErrnoException).code });
    await expect(refused).rejects.toThrow(
      `EACCES: could not listen on ${path}: there is no folder ${dirname(path)}`,
    );
    const free = await listen({ path: join(directory, "somewhere") });
    expect(free.address.family).toBe("unix");
  });

  it("serves curl", async () => {
    const path = join(directory, "curl");
    const listener = await listen({ path });
    const answered = listener.accept().then(async (socket) => {
      const server = new WireClient(socket);
      await server.read("\r\n\r\n");
      await server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
      server.end();
      await server.closed();
    });
    const { stdout } = await promisify(execFile)("curl", ["-sS", "--unix-socket", path, "http://any/"]);
    expect(stdout).toBe("hi");
    await answered;
    rmSync(directory, { recursive: true });
  });
});

describe("an inherited descriptor", () => {
  it("is listened on by a program that a service manager handed it to as descriptor 3", async () => {
    const manager = createServer();
    await new Promise<void>((resolve) => manager.listen(0, "127.0.0.1", resolve));
    const { port } = manager.address() as AddressInfo;
    const program = await Program.start(
      `import { NodeNetwork } from "./index.ts";
      const listener = await new NodeNetwork().listen({ fd: 3 });
      console.log(listener.address.port);
      const socket = await listener.accept();
      socket.open({ onData: (bytes) => socket.write(bytes), onEnd: () => socket.end(), onDrain() {}, onClose() {} });
      await listener.close();`,
      { descriptors: [descriptorOf(manager)] },
    );
    expect(await program.line()).toBe(`${port}`);
    manager.close(); // the program's is its own
    const client = await WireClient.connect(network, { host: "127.0.0.1", port });
    await client.send("ping");
    client.end();
    expect(await client.readToEnd()).toBe("ping");
    expect(await program.exit()).toBe(0);
  });

  it("rejects for a descriptor that is not a socket", async () => {
    expect(await codeOf(network.listen({ fd: 9999 }))).toMatch(/^E/);
  });
});

describe("writing", () => {
  it("lets the loop turn when one socket has written much, however much the kernel would take", async () => {
    const network = new NodeNetwork();
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    const client = await network.connect({ host: "127.0.0.1", port: listener.address.port });
    client.open({ onData() {}, onEnd() {}, onDrain() {}, onClose() {} });
    const socket = await listener.accept();
    const events: string[] = [];
    socket.open({ onData() {}, onEnd() {}, onDrain: () => events.push("drain"), onClose() {} });
    const piece = new Uint8Array(1000);
    let written = 0;
    do written += piece.length;
    while (socket.write(piece) && written < 10_000_000);
    expect(written).toBeLessThan(300_000);
    setImmediate(() => events.push("turn"));
    await Promise.resolve();
    expect(events).toEqual([]);
    await vi.waitFor(() => expect(events).toHaveLength(2));
    expect(socket.write(piece)).toBe(true);
    for (const end of [socket, client]) end.destroy();
    await listener.close();
  });
});

describe("destroying", () => {
  it("takes back nothing that the kernel has, where an end is behind it", async () => {
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    listeners.push(listener);
    const far = await WireClient.connect(
      network,
      { host: "127.0.0.1", port: listener.address.port },
      { paused: true },
    );
    const socket = await listener.accept();
    let gone = false;
    socket.open({
      onData() {},
      onEnd() {},
      onDrain() {},
      onClose: () => {
        gone = true;
      },
    });
    const size = 524_288; // more than the peer's own buffer holds
    socket.write(new Uint8Array(size));
    socket.end();
    await vi.waitFor(() => expect(socket.bytesTaken).toBe(size));
    await settled();
    socket.destroy();
    await vi.waitFor(() => expect(gone).toBe(true));
    await settled();
    far.socket.resume();
    await far.readToEnd();
    expect(far.bytes).toHaveLength(size);
    far.destroy();
  });
});

/** Node tells the descriptor of a server nowhere else. */
function descriptorOf(server: object): number {
  return (server as { _handle: { fd: number } })._handle.fd;
}
