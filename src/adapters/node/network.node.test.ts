import { describe, expect, it } from "vitest";
import { WireClient } from "../../testing/index.ts";
import { NodeNetwork } from "./index.ts";

describe("NodeNetwork", () => {
  it("carries bytes both ways and ends when both sides ended", async () => {
    const network = new NodeNetwork();
    const listener = await network.listen({ port: 0, address: "127.0.0.1" });
    const client = await WireClient.connect(network, { host: "127.0.0.1", port: listener.address.port });
    const server = new WireClient(await listener.accept());
    await client.send("héllo\r\n\r\n", "bytes");
    expect(await server.read("\r\n\r\n")).toBe("hÃ©llo\r\n\r\n");
    await server.send("yes");
    server.end();
    expect(await client.readToEnd()).toBe("yes");
    expect(client.state).toBe("half-closed");
    expect([await client.closed(), await server.closed()]).toEqual(["closed", "closed"]);
    await listener.close();
  });
});
