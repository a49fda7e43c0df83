/**
 * Runs inside a WebContainer, as `node node_modules/portico/relay.js`: lets the page connect to the ports that listen
 * there. The page speaks on standard input, this process on standard output; `PortCarrier` has the grammar.
 */
import { stdin, stdout } from "node:process";
import { MessageChannel } from "node:worker_threads";
import { MessagePortNetwork, type PortLike } from "../adapters/message-port/index.ts";
import { NodeNetwork } from "../adapters/node/index.ts";
import { PortCarrier } from "../adapters/webcontainer/carrier.ts";

const { port1, port2 } = new MessageChannel();
const network = new MessagePortNetwork(port1 as unknown as PortLike, {
  network: new NodeNetwork(),
  heartbeatMs: 0,
});
const carrier = new PortCarrier(port2 as unknown as PortLike, "far", (line) => stdout.write(`${line}\n`));

// A terminal would echo every line, and cut long ones.
if (stdin.isTTY) stdin.setRawMode(true);
stdin.setEncoding("utf8");
stdin.on("data", (text: string) => carrier.receive(text.replaceAll("\r", "\n")));
stdin.on("end", () => {
  network.close();
  carrier.close();
});
