import type { Network } from "../../socket/index.ts";
import { MessagePortNetwork } from "../message-port/index.ts";
import type { ContainerProcess } from "./api.ts";
import { PortCarrier } from "./carrier.ts";

/** A network whose `connect` reaches what listens inside the container. */
export interface Relay {
  readonly network: Network;
  /** Resolves when it is over. */
  readonly closed: Promise<void>;
  close(): void;
}

/** @param process the relay's process inside, `cli/container-relay.ts` */
export function relayOver(process: ContainerProcess): Relay {
  const { port1, port2 } = new MessageChannel();
  const network = new MessagePortNetwork(port1, { heartbeatMs: 0 });
  const writer = process.input.getWriter();
  const carrier = new PortCarrier(port2, "near", (line) => {
    writer.write(`${line}\n`).catch(() => network.close());
  });
  const closed = readAll(process.output, (text) => carrier.receive(text)).then(() => {
    network.close();
    carrier.close();
  });
  void process.exit.catch(() => {}).then(() => network.close());
  return {
    network,
    closed,
    close() {
      network.close();
      process.kill();
    },
  };
}

/** Hands on what comes until there is no more. Never rejects. */
export async function readAll(stream: ReadableStream<string>, take: (text: string) => void): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) take(read.value);
  } catch {
    // The container is gone, and what it said with it.
  }
}
