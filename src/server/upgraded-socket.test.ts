import { expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { settled, WireClient } from "../testing/index.ts";
import { HttpServer } from "./server.ts";

const UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";

/** What the other protocol hears of a client that upgrades and does the rest by itself. */
async function stage() {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network });
  const log: string[] = [];
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  void server.serve(80, async (request) => {
    await gate;
    (await request.upgrade("chat")).open({
      onData: (bytes) => log.push(`data ${new TextDecoder().decode(bytes)} ${bytes.constructor.name}`),
      onEnd: () => log.push("end"),
      onDrain: () => {},
      onClose: (error) => log.push(`close ${(error as { code?: string } | undefined)?.code ?? ""}`),
    });
  });
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  return { client, log, goOn: () => goOn(), close: () => server.close({ graceMs: 0 }) };
}

it("says that the client ended its side before the switch, behind what it had sent", async () => {
  const { client, log, goOn, close } = await stage();
  await client.send(`${UPGRADE}first words`);
  client.end();
  await settled();
  goOn();
  await settled();
  expect(log).toEqual(["data first words Uint8Array", "end"]);
  await close();
});

it("says that the connection is gone, and why", async () => {
  const { client, log, goOn, close } = await stage();
  goOn();
  await client.send(UPGRADE);
  await client.waitFor(({ text }) => text.includes("101"));
  client.destroy();
  await settled();
  expect(log).toEqual(["close ECONNRESET"]);
  await close();
});
