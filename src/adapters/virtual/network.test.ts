import { describe, expect, it } from "vitest";
import { type ConnectSpec, type ListenSpec, NetworkError, type Socket } from "../../socket/index.ts";
import { FakeClock, settled, WireClient } from "../../testing/index.ts";
import { VirtualNetwork, type VirtualSocket } from "./index.ts";

const local = { host: "localhost", port: 80 };

describe("names and addresses of a virtual network", () => {
  it.each(["localhost", "LOCALHOST", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "::", "api.test"])(
    "reach a listener on every address as %s",
    async (host) => {
      const network = new VirtualNetwork({ names: ["api.test"] });
      const listener = await network.listen({ port: 80 });
      await network.connect({ host, port: 80 });
      expect((await listener.accept()).localAddress).toMatchObject({ port: 80, family: "virtual" });
    },
  );

  it("are of the network's own address where a name was given one", async () => {
    const network = new VirtualNetwork({ names: { "db.test": "10.0.0.2", "web.test": "fd00::3" } });
    const db = await network.listen({ port: 80, address: "db.test" });
    const web = await network.listen({ port: 80, address: "fd00::3" });
    expect([db.address.address, web.address.address]).toEqual(["10.0.0.2", "fd00::3"]);
    expect((await network.connect({ host: "10.0.0.2", port: 80 })).remoteAddress.address).toBe("10.0.0.2");
    expect((await network.connect({ host: "web.test", port: 80 })).remoteAddress.address).toBe("fd00::3");
    expect(await failure(network, local)).toBe("ECONNREFUSED");
  });

  it("fail with the code that Node has for it", async () => {
    const network = new VirtualNetwork();
    expect(await failure(network, { host: "elsewhere.test", port: 80 })).toBe("ENOTFOUND");
    expect(await failure(network, { host: "192.0.2.1", port: 80 })).toBe("ENETUNREACH");
    expect(await failure(network, { host: "2001:db8::1", port: 80 })).toBe("ENETUNREACH");
    expect(await refusal(network, { port: 0, address: "192.0.2.1" })).toBe("EADDRNOTAVAIL");
    expect(await refusal(network, { port: 0, address: "127.0.0.1", family: "IPv6" })).toBe("EADDRNOTAVAIL");
    expect(await refusal(network, { port: 0, address: "elsewhere.test" })).toBe("ENOTFOUND");
    for (const port of [-1, 65_536, 1.5, Number.NaN]) {
      expect(await refusal(network, { port })).toBe("ERR_SOCKET_BAD_PORT");
      expect(await failure(network, { host: "localhost", port })).toBe("ERR_SOCKET_BAD_PORT");
    }
  });

  it("keep a listener to its family", async () => {
    const network = new VirtualNetwork();
    await network.listen({ port: 80, family: "IPv4" });
    await network.listen({ port: 80, family: "IPv6" });
    await network.listen({ port: 81, family: "IPv6" });
    expect(await failure(network, { host: "127.0.0.1", port: 81 })).toBe("ECONNREFUSED");
    expect((await network.connect({ host: "localhost", port: 81 })).remoteAddress.address).toBe("::1");
    expect(await refusal(network, { port: 80 })).toBe("EADDRINUSE");
  });
});

describe("ports of a virtual network", () => {
  it("are ephemeral ones when nobody asks for another, and used again as late as can be", async () => {
    const network = new VirtualNetwork();
    const seen = new Set<number>();
    for (let i = 0; i < 16_384; i++) {
      const listener = await network.listen({ port: 0 });
      seen.add(listener.address.port);
      await listener.close();
    }
    expect([seen.size, Math.min(...seen), Math.max(...seen)]).toEqual([16_384, 49_152, 65_535]);
    expect((await network.listen({ port: 0 })).address.port).toBe(49_152);
  });

  it("run out with EADDRNOTAVAIL, and are free again after a close", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80, backlog: 20_000 });
    const sockets: Socket[] = [];
    for (let i = 0; i < 16_384; i++) sockets.push(await network.connect(local));
    expect(await failure(network, local)).toBe("EADDRNOTAVAIL");
    expect(await refusal(network, { port: 0 })).toBe("EADDRINUSE");
    const [first] = sockets;
    first?.destroy();
    expect((await network.connect(local)).localAddress.port).toBe(first?.localAddress.port);
    await listener.close();
  });

  it("are shared by listeners that all ask for it, in turns", async () => {
    const network = new VirtualNetwork();
    const one = await network.listen({ port: 80, reusePort: true });
    const other = await network.listen({ port: 80, reusePort: true });
    expect(await refusal(network, { port: 80 })).toBe("EADDRINUSE");
    for (let i = 0; i < 4; i++) await network.connect(local);
    await Promise.all([one.accept(), one.accept(), other.accept(), other.accept()]);
  });
});

describe("the backlog of a virtual network", () => {
  it("lets connections wait for a place when it is full, the first one first", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80, backlog: 2 });
    const log: string[] = [];
    const note = (what: string) => () => void log.push(what);
    for (let i = 0; i < 4; i++)
      void network.connect(local).then(note(`connected ${i}`), note(`refused ${i}`));
    await settled();
    expect(log).toEqual(["connected 0", "connected 1"]);
    await listener.accept();
    await settled();
    expect(log).toEqual(["connected 0", "connected 1", "connected 2"]);
    await listener.close();
    await settled();
    expect(log.at(-1)).toBe("refused 3");
  });

  it("lets who waits go: by its signal, by time, and by the end of the listener", async () => {
    const clock = new FakeClock();
    const network = new VirtualNetwork({ clock, connectTimeoutMs: 1000 });
    const listener = await network.listen({ port: 80, backlog: 1 });
    await network.connect(local);
    const controller = new AbortController();
    const aborted = failure(network, { ...local, signal: controller.signal });
    const late = failure(network, local);
    await clock.advance(10);
    controller.abort(new NetworkError("MINE", "stop"));
    await clock.advance(990);
    const closed = failure(network, local);
    await clock.advance(0);
    await listener.close();
    expect(await Promise.all([aborted, late, closed])).toEqual(["MINE", "ETIMEDOUT", "ECONNREFUSED"]);
    expect(clock.pending).toBe(0);
  });
});

describe("what is written", () => {
  it("is bytes or a string, and anything else a TypeError that leaves the connection alone", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80 });
    const socket = await network.connect(local);
    for (const wrong of [5, {}, [1]] as unknown as string[])
      expect(() => socket.write(wrong)).toThrow(TypeError);
    socket.write("right");
    expect(await new WireClient(await listener.accept()).read(5)).toBe("right");
  });
});

describe("a bounded number of sockets", () => {
  it("is EMFILE for who connects, listens, or accepts, and the connection that waits is not lost", async () => {
    const network = new VirtualNetwork({ maxSockets: 3 });
    const listener = await network.listen({ port: 80 });
    const one = await network.connect(local);
    const two = await network.connect(local);
    two.write("patience");
    expect(network.descriptors()).toEqual({ active: 3, max: 3 });
    expect(await failure(network, local)).toBe("EMFILE");
    expect(await refusal(network, { port: 81 })).toBe("EMFILE");
    await expect(listener.accept()).rejects.toMatchObject({ code: "EMFILE" });
    one.destroy();
    const gone = new WireClient(await listener.accept());
    expect(await gone.closed()).toBe("reset");
    expect(await new WireClient(await listener.accept()).read(8)).toBe("patience");
    expect(network.descriptors().active).toBe(3);
  });

  it("goes back to nothing when everything is closed", async () => {
    const network = new VirtualNetwork({ maxSockets: 100 });
    const listener = await network.listen({ port: 80 });
    const ends = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = new WireClient(await network.connect(local));
        const server = new WireClient(await listener.accept());
        return [client, server];
      }),
    );
    expect(network.descriptors().active).toBe(41);
    for (const [client, server] of ends) {
      client?.end();
      server?.end();
    }
    await Promise.all(ends.flat().map((end) => end.closed()));
    await network.connect(local);
    await listener.close();
    await settled();
    expect(network.descriptors().active).toBe(0);
  });

  it("takes none for a connection that was gone before it was accepted", async () => {
    // The server's end is released by the client's reset, and only then handed out.
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80 });
    const client = await network.connect(local);
    client.destroy();
    await settled();
    expect(await new WireClient(await listener.accept()).closed()).toBe("reset");
    expect(network.descriptors().active).toBe(1);
  });
});

describe("a virtual socket", () => {
  it("counts its bytes", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80 });
    const client = (await network.connect(local)) as VirtualSocket;
    const server = (await listener.accept()) as VirtualSocket;
    client.write("€");
    client.write(new Uint8Array(10));
    expect([client.bytesWritten, server.bytesRead]).toEqual([13, 0]);
    await new WireClient(server).read(13);
    expect([server.bytesRead, server.bytesWritten, client.bytesRead]).toEqual([13, 0, 0]);
  });

  it("gives two receivers of the same bytes, and the writer, memory of their own", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80 });
    const cached = new Uint8Array(100_000).fill(7);
    const got: Uint8Array[] = [];
    for (let i = 0; i < 2; i++) {
      const client = await network.connect(local);
      const server = await listener.accept();
      client.open({
        onData(bytes) {
          got.push(bytes.slice());
          structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] }); // to a worker, say
        },
        onEnd() {},
        onDrain() {},
        onClose() {},
      });
      server.write(cached);
      await settled();
    }
    expect(got.map((bytes) => bytes.length)).toEqual([100_000, 100_000]);
    expect(cached.every((byte) => byte === 7)).toBe(true);
  });

  it("resets the connection when the writer transferred away what it wrote", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 80 });
    const client = new WireClient(await network.connect(local));
    const server = new WireClient(await listener.accept());
    const bytes = new Uint8Array(1000);
    client.socket.write(bytes);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    expect([await client.closed(), await server.closed()]).toEqual(["reset", "reset"]);
    expect(server.error?.cause).toBeInstanceOf(TypeError);
  });
});

describe("a route", () => {
  it("takes connections that nobody listens for here, and no others", async () => {
    const here = new VirtualNetwork();
    const there = new VirtualNetwork({ names: ["there.test"] });
    await here.listen({ port: 80 });
    await there.listen({ port: 80 });
    await there.listen({ port: 81 });
    const remove = here.addRoute(there);
    await here.connect(local);
    expect(there.descriptors().active).toBe(2);
    await here.connect({ host: "localhost", port: 81 });
    await here.connect({ host: "there.test", port: 80 });
    expect(there.descriptors().active).toBe(4);
    expect(await failure(here, { host: "localhost", port: 82 })).toBe("ECONNREFUSED");
    expect(await failure(here, { host: "nowhere.test", port: 80 })).toBe("ENOTFOUND");
    remove();
    expect(await failure(here, { host: "localhost", port: 81 })).toBe("ECONNREFUSED");
  });
});

async function failure(network: VirtualNetwork, spec: ConnectSpec): Promise<string> {
  const error: unknown = await network.connect(spec).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NetworkError);
  return (error as NetworkError).code;
}

async function refusal(network: VirtualNetwork, spec: ListenSpec): Promise<string> {
  const error: unknown = await network.listen(spec).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NetworkError);
  return (error as NetworkError).code;
}
