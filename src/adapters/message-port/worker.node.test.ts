import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { WireClient } from "../../testing/index.ts";
import { NodeNetwork } from "../node/index.ts";
import { MessagePortNetwork, messagePortSocket } from "./index.ts";

it("is reset when the worker on the other side is terminated", async () => {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(
    `const { workerData } = require("node:worker_threads");
     workerData.on("message", () => {});
     workerData.postMessage(["hello", "socket", 1]);
     workerData.postMessage(new ArrayBuffer(3));`,
    { eval: true, workerData: port2, transferList: [port2 as never] },
  );
  const client = new WireClient(messagePortSocket(port1));
  await client.read(3, { withinMs: 5000 });
  await worker.terminate();
  expect(await client.closed()).toBe("reset");
});

it("reaches a TCP port on the other side, and sends what lies in Node's buffer pool", async () => {
  const { port1, port2 } = new MessageChannel();
  const tcp = new NodeNetwork();
  const far = new MessagePortNetwork(port1, { network: tcp });
  const near = new MessagePortNetwork(port2);
  const listener = await far.listen({ port: 0, address: "127.0.0.1" });
  const client = new WireClient(await near.connect({ host: "127.0.0.1", port: listener.address.port }));
  const server = new WireClient(await listener.accept());
  const neighbour = Buffer.from("a neighbour in the pool");
  const pooled = Buffer.from("from the pool");
  client.socket.write(pooled);
  expect(await server.read(13)).toBe("from the pool");
  expect([pooled.toString(), neighbour.toString()]).toEqual(["from the pool", "a neighbour in the pool"]);
  server.socket.write("over TCP");
  server.end();
  expect(await client.readToEnd()).toBe("over TCP");
  client.end();
  await server.closed();
  await listener.close();
  near.close();
  expect((await far.closed)?.code).toBe("ECONNRESET");
});

it("is reset by an array of four billion holes, and does not walk them", async () => {
  // V8 clones it at once; JavaScriptCore, which walks it itself, leaves the sender with the trouble.
  const { port1, port2 } = new MessageChannel();
  const client = new WireClient(messagePortSocket(port1));
  port2.postMessage(["hello", "socket", 1]);
  port2.postMessage(Object.assign(["launch"], { length: 2 ** 32 - 1 }));
  expect(await client.closed()).toBe("failed");
  expect(client.error).toMatchObject({ code: "EPROTO" });
  port2.close();
});
