import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Listener, Socket } from "../../socket/index.ts";
import { settled, WireClient } from "../../testing/index.ts";
import { BunNetwork } from "./index.ts";

/** Bun reads to its end whatever is reset, although it was told to pause. */
describe("a reset", () => {
  const network = new BunNetwork();
  let listener: Listener;
  let near: Socket;
  let far: Socket;

  beforeEach(async () => {
    listener = await network.listen({ port: 0, address: "127.0.0.1" });
    near = await network.connect({ host: "127.0.0.1", port: listener.address.port });
    far = await listener.accept();
  });
  afterEach(() => listener.close());

  it("loses nothing that came before the socket was opened", async () => {
    near.write("request");
    await settled();
    near.destroy();
    await settled();
    const client = new WireClient(far);
    expect(await client.closed()).toBe("reset");
    expect(client.events).toEqual(["data 7", "close ECONNRESET"]);
  });

  it("is told to who is paused, behind an end too, and what the pause held is gone", async () => {
    const client = new WireClient(far, { paused: true });
    client.socket.write("which nobody reads");
    near.pause();
    near.open({ onData() {}, onEnd() {}, onDrain() {}, onClose() {} });
    near.write("answer");
    near.end();
    await settled();
    near.destroy(); // with bytes unread the kernel resets, and the end has left already
    expect(await client.closed()).toBe("reset");
    client.socket.resume();
    await settled();
    expect(client.events).toEqual(["close ECONNRESET"]);
  });
});
