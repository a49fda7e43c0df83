import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { Socket } from "../../socket/index.ts";
import { VirtualNetwork } from "./index.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function used(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const ignore = { onData() {}, onEnd() {}, onDrain() {}, onClose() {} };

it("takes less than 4 KB for an open connection, both ends included", async () => {
  const count = 10_000;
  const network = new VirtualNetwork();
  const listener = await network.listen({ port: 80, backlog: count });
  const sockets: Socket[] = [];
  const before = used();
  for (let i = 0; i < count; i++) {
    const client = await network.connect({ host: "localhost", port: 80 });
    const server = await listener.accept();
    client.open(ignore);
    server.open(ignore);
    client.write("a request that came and went");
    server.write("and its answer");
    sockets.push(client, server);
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
  const perConnection = (used() - before) / count;
  expect(sockets).toHaveLength(2 * count);
  expect(network.descriptors().active).toBe(2 * count + 1);
  expect(perConnection).toBeLessThan(4096);
});
