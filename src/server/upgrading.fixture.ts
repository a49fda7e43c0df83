import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { settled, WireClient } from "../testing/index.ts";
import { HttpServer } from "./server.ts";
import type { UpgradedConnection } from "./types.ts";

export const UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";

/** What the other protocol hears of a client that upgrades and does the rest by itself. */
export async function upgradingStage(hear: (event: string, socket: UpgradedConnection) => void = () => {}) {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network });
  const log: string[] = [];
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  void server.serve(80, async (request) => {
    await gate;
    const socket = await request.upgrade("chat");
    const told = (event: string) => {
      log.push(event);
      hear(event, socket);
    };
    socket.open({
      onData: (bytes) => told(`data ${new TextDecoder().decode(bytes)} ${bytes.constructor.name}`),
      onEnd: () => told("end"),
      onDrain: () => {},
      onClose: (error) => told(`close ${(error as { code?: string } | undefined)?.code ?? ""}`),
    });
  });
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  return { client, log, goOn: () => goOn(), close: () => server.close({ graceMs: 0 }) };
}
