import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import type { ConnectSpec, Network, Socket } from "../socket/index.ts";
import { WireClient } from "../testing/wire-client.ts";
import { connect } from "./connect.ts";

describe("connect", () => {
  it("opens a socket to a URL's server, or to a host and port", async () => {
    const network = new VirtualNetwork();
    const listener = await network.listen({ port: 8080 });
    for (const target of [
      "http://localhost:8080/path",
      new URL("ws://[::1]:8080"),
      { host: "localhost", port: 8080 },
    ]) {
      const socket = await connect(network, target);
      socket.write("hello");
      expect(await new WireClient(await listener.accept()).read(5)).toBe("hello");
    }
  });

  it("takes the port from the scheme where the URL names none", async () => {
    const asked: ConnectSpec[] = [];
    const network: Network = {
      listen: () => Promise.reject(new Error("not here")),
      descriptors: () => ({ active: 0, max: undefined }),
      connect: async (spec) => {
        asked.push(spec);
        return {} as Socket;
      },
    };
    for (const url of ["http://a.test/", "ws://a.test/", "https://a.test/", "wss://a.test/"])
      await connect(network, url);
    expect(asked.map(({ port }) => port)).toEqual([80, 80, 443, 443]);
  });

  it("rejects with a TypeError for what is no URL, and with the network's error", async () => {
    const network = new VirtualNetwork();
    await expect(connect(network, "nowhere")).rejects.toThrow(TypeError);
    await expect(connect(network, "http://localhost:1/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
