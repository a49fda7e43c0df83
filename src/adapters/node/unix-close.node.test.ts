import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import type { Listener } from "../../socket/index.ts";
import { settled, WireClient } from "../../testing/index.ts";
import { NodeNetwork } from "./index.ts";

const network = new NodeNetwork();
const directory = mkdtempSync(join(tmpdir(), "portico-"));
const path = join(directory, "socket");
let listener: Listener;

beforeEach(async () => {
  listener = await network.listen({ path });
});
afterEach(() => listener.close());
afterAll(() => rmSync(directory, { recursive: true }));

// There is no reset on a Unix socket: a peer that ended and closed looked like one that had cut its answer off.
for (const text of ["answer", ""]) {
  it(`tells the end behind ${JSON.stringify(text)}, and then that nobody reads, to who was paused when the other side closed`, async () => {
    const near = new WireClient(await network.connect({ path }), { paused: true });
    const far = new WireClient(await listener.accept());
    await far.send(text);
    far.end();
    await settled();
    far.destroy();
    await far.closed();
    await settled();
    near.socket.resume();
    await near.waitFor(({ state }) => state === "reset");
    expect(near.events).toEqual([...(text ? ["data 6"] : []), "end", "close ECONNRESET"]);
  });
}

it("tells a server at once that its client is gone, behind the end", async () => {
  const near = await network.connect({ path });
  const far = new WireClient(await listener.accept());
  near.destroy();
  await far.waitFor(({ state }) => state === "reset");
  expect(far.events).toEqual(["end", "close ECONNRESET"]);
});

it("closes without an error where the consumer ends, too, when it is told of the end", async () => {
  const near = await network.connect({ path });
  const far = await listener.accept();
  near.destroy();
  const told = new Promise((resolve) => {
    far.open({ onData() {}, onEnd: () => far.end(), onDrain() {}, onClose: resolve });
  });
  expect(await told).toBeUndefined();
});
