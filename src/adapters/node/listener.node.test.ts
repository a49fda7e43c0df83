import type { Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Descriptors } from "./descriptors.ts";
import { NodeNetwork } from "./index.ts";
import { NodeListener } from "./listener.ts";
import { listeningServer } from "./server.ts";

/** libuv keeps a descriptor to spare for EMFILE, so Node tells of a failed accept only where even that is gone. */
describe("a failed accept", () => {
  let server: Server;
  let listener: NodeListener;

  beforeEach(async () => {
    server = await listeningServer({ port: 0, address: "127.0.0.1" });
    listener = new NodeListener(server, new Descriptors(), 10);
  });
  afterEach(() => listener.close());

  const outOfDescriptors = () => server.emit("error", Object.assign(new Error("accept"), { code: "EMFILE" }));
  const connect = () => new NodeNetwork().connect({ host: "127.0.0.1", port: listener.address.port });

  it("rejects one accept that waits, and the listener goes on", async () => {
    const first = listener.accept();
    const second = listener.accept();
    outOfDescriptors();
    await expect(first).rejects.toMatchObject({ name: "NetworkError", code: "EMFILE" });
    const near = await connect();
    (await second).destroy();
    near.destroy();
  });

  it("rejects the next accept when none waits, and one alone", async () => {
    outOfDescriptors();
    outOfDescriptors();
    await expect(listener.accept()).rejects.toMatchObject({ code: "EMFILE" });
    const accepting = listener.accept();
    const near = await connect();
    (await accepting).destroy();
    near.destroy();
  });

  it("tells a closed listener from a failure", async () => {
    outOfDescriptors();
    await listener.close();
    await expect(listener.accept()).rejects.toMatchObject({ code: "ERR_LISTENER_CLOSED" });
  });
});
