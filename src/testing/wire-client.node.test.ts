import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeNetwork } from "../adapters/node/index.ts";
import type { Listener } from "../socket/index.ts";
import { settled, WaitFailed, WireClient } from "./index.ts";

describe("WireClient", () => {
  const network = new NodeNetwork();
  let listener: Listener;
  let client: WireClient;
  let server: WireClient;

  beforeEach(async () => {
    listener = await network.listen({ port: 0, address: "127.0.0.1" });
    client = await WireClient.connect(network, { host: "127.0.0.1", port: listener.address.port });
    server = new WireClient(await listener.accept());
  });
  afterEach(async () => {
    client.destroy();
    server.destroy();
    await listener.close();
  });

  it("reads on where the last read stopped", async () => {
    await server.send("head\r\n\r\nbody, 12 more\n");
    expect(await client.read("\r\n\r\n")).toBe("head\r\n\r\n");
    expect(await client.read(6)).toBe("body, ");
    expect(await client.read(/\d+/)).toBe("12");
    expect(await client.read((unread) => unread.endsWith("\n"))).toBe(" more\n");
    expect(client.unread).toBe("");
    expect(client.text).toBe("head\r\n\r\nbody, 12 more\n");
  });

  it("shows text as latin1 and, asked to, as UTF-8", async () => {
    await server.send("é");
    expect(await client.read(2)).toBe("Ã©");
    expect(client.utf8).toBe("é");
  });

  it.each([
    ["bytes" as const, ["data 1", "data 1", "data 1", "data 1"]],
    ["split" as const, ["data 2", "data 2"]],
    [
      [1, 3, 9],
      ["data 1", "data 2", "data 1"],
    ],
    ["whole" as const, ["data 4"]],
  ])("sends at the pace %j", async (pace, events) => {
    await client.send("abcd", pace);
    await server.read("abcd");
    expect(server.events).toEqual(events);
  });

  it("fails a read when the time is over, saying what had come", async () => {
    await server.send("HTTP/1.1 200");
    await expect(client.read("\r\n", { withinMs: 50 })).rejects.toThrow(
      'Not within 50 ms: the connection is open, unread is "HTTP/1.1 200"',
    );
  });

  it("fails a read when the peer ends before it came", async () => {
    await server.send("half");
    server.end();
    await expect(client.read("\r\n")).rejects.toThrow(WaitFailed);
    await expect(client.read("\r\n")).rejects.toThrow('half-closed, unread is "half"');
    expect(await client.readToEnd()).toBe("half");
  });

  it("knows a half-close, a close and a reset from each other", async () => {
    server.end();
    await client.readToEnd();
    expect(client.state).toBe("half-closed");
    expect(await client.closed()).toBe("closed");
    const other = await WireClient.connect(network, { host: "127.0.0.1", port: listener.address.port });
    (await listener.accept()).destroy();
    expect(await other.closed()).toBe("reset");
    expect(other.error).toMatchObject({ code: "ECONNRESET" });
  });

  it("is quiet only while nothing happens", async () => {
    await client.quiet(10);
    const quiet = client.quiet(1000);
    await server.send("!");
    await expect(quiet).rejects.toThrow('Something happened: the connection is open, unread is "!"');
  });

  it("gives up what is left to send when the connection goes", async () => {
    server.destroy();
    await client.closed();
    await client.send("x".repeat(1000), "bytes");
    await settled();
    expect(client.state).toBe("reset");
  });
});
