import type { ConnectSpec, Listener, ListenSpec, Network, Socket } from "../../socket/index.ts";
import { socketContract } from "../../testing/index.ts";
import { VirtualNetwork } from "../virtual/network.ts";
import { linkNetworks, MessagePortNetwork, messagePortSocket } from "./index.ts";

/** Who listens on one side of a link and connects from the other. */
class BothSides implements Network {
  readonly #listening: MessagePortNetwork;
  readonly #connecting: Network;
  readonly #link: MessagePortNetwork;

  constructor(listening: MessagePortNetwork, link: MessagePortNetwork, connecting: Network = link) {
    this.#listening = listening;
    this.#link = link;
    this.#connecting = connecting;
  }

  listen(options: ListenSpec): Promise<Listener> {
    return this.#listening.listen(options);
  }

  connect(options: ConnectSpec): Promise<Socket> {
    return this.#connecting.connect(options);
  }

  descriptors(): { active: number; max: number | undefined } {
    return { active: this.#listening.descriptors().active + this.#link.descriptors().active, max: undefined };
  }

  close(): void {
    this.#listening.close();
  }
}

socketContract("the two sides of a MessagePort", {
  setup: () => {
    const { port1, port2 } = new MessageChannel();
    const network = new BothSides(new MessagePortNetwork(port1), new MessagePortNetwork(port2));
    return { network, listen: { port: 0 }, host: "localhost", dispose: () => network.close() };
  },
});

socketContract("two virtual networks that are linked", {
  setup: () => {
    const { port1, port2 } = new MessageChannel();
    const here = new VirtualNetwork();
    const there = linkNetworks(new VirtualNetwork(), port1);
    const network = new BothSides(there, linkNetworks(here, port2), here);
    return { network, listen: { port: 0 }, host: "::1", dispose: () => network.close() };
  },
});

/** Sockets over ports that were made by hand. */
class Ports implements Network {
  readonly #network = new VirtualNetwork();

  listen(options: ListenSpec): Promise<Listener> {
    return this.#network.listen(options);
  }

  async connect(options: ConnectSpec): Promise<Socket> {
    const { port1, port2 } = new MessageChannel();
    const remoteAddress = { address: "127.0.0.1", port: options.port, family: "virtual" } as const;
    const localAddress = { address: "127.0.0.1", port: 1, family: "virtual" } as const;
    options.signal?.throwIfAborted();
    await undefined;
    options.signal?.throwIfAborted();
    await this.#network.receive({
      ...options,
      socket: () => messagePortSocket(port2, { localAddress: remoteAddress, remoteAddress: localAddress }),
    });
    return messagePortSocket(port1, { localAddress, remoteAddress });
  }

  descriptors(): { active: number; max: number | undefined } {
    return this.#network.descriptors();
  }
}

socketContract("a socket over a MessagePort of its own", {
  setup: () => ({ network: new Ports(), listen: { port: 0 }, host: "localhost" }),
  lacks: { descriptors: "nobody counts sockets that are made by hand" },
});
