/** A virtual network whose time stands still, and what the consumers of its sockets are told: for tests. */

import { VirtualNetwork, type VirtualNetworkOptions } from "../adapters/virtual/index.ts";
import type { Socket } from "../socket/index.ts";
import { FakeClock } from "./fake-clock.ts";

/** What a socket's consumer is told, each with the time since the connection was made. */
export class Recorder {
  readonly socket: Socket;
  readonly log: string[] = [];
  readonly sizes: number[] = [];
  readonly bytes: number[] = [];
  onDrain = () => {};

  constructor(socket: Socket, clock: FakeClock) {
    this.socket = socket;
    const start = clock.now();
    const note = (what: string) => this.log.push(`${clock.now() - start} ${what}`);
    socket.open({
      onData: (bytes) => {
        this.sizes.push(bytes.length);
        this.bytes.push(...bytes);
        note(`data ${bytes.length}`);
      },
      onEnd: () => note("end"),
      onDrain: () => {
        note("drain");
        this.onDrain();
      },
      onClose: (error) => note(error && "code" in error ? `close ${error.code}` : "close"),
    });
  }

  get total(): number {
    return this.sizes.reduce((sum, size) => sum + size, 0);
  }
}

/** A network whose time stands still. */
export function still(options: VirtualNetworkOptions = {}) {
  const clock = new FakeClock(0);
  const network = new VirtualNetwork({ ...options, clock });
  /** A connection to a port of it, made while the weather was fine. */
  const connect = async (port = 80) => {
    const { conditions } = network;
    network.conditions = {};
    const listener = await network.listen({ port });
    const client = await network.connect({ host: "localhost", port });
    const server = await listener.accept();
    network.conditions = conditions;
    return { client: new Recorder(client, clock), server: new Recorder(server, clock) };
  };
  return { clock, network, connect };
}
