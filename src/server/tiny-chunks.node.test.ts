import { expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { WireClient } from "../testing/index.ts";
import { HttpServer } from "./server.ts";

it("keeps a body of two million chunks of one octet in little more than its size", async () => {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network });
  await server.listen(80);
  let largest = 0;
  const before = process.memoryUsage();
  const look = () => {
    const { heapUsed, external } = process.memoryUsage();
    largest = Math.max(largest, heapUsed + external - before.heapUsed - before.external);
  };
  void server.acceptRequest(async (request) => request.respond(200, `${(await request.bytes()).length}`));
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const piece = "1\r\nx\r\n".repeat(10_000);
  for (let round = 0; round < 200; round++) {
    await client.send(piece);
    look();
  }
  await client.send("0\r\n\r\n");
  expect(await client.read("2000000", { withinMs: 10_000 })).toContain("200 OK");
  expect(largest).toBeLessThan(100_000_000);
  await server.close({ graceMs: 0 });
});
