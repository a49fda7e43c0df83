import { mkdtempSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import type { ConnectSpec, Listener, ListenSpec, Network, Socket } from "../../socket/index.ts";
import { socketContract } from "../../testing/index.ts";
import { NodeNetwork } from "./index.ts";

const tcp = (host: string, listen: Partial<ListenSpec>) => ({
  setup: () => ({ network: new NodeNetwork(), listen: { port: 0, ...listen }, host }),
});

socketContract("TCP on IPv4", tcp("127.0.0.1", { address: "127.0.0.1" }));

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

if (hasIPv6) {
  socketContract("TCP on IPv6", tcp("::1", { family: "IPv6" }));
  socketContract("a dual stack listener, reached over IPv4", tcp("127.0.0.1", {}));
  socketContract("a dual stack listener, reached over IPv6", tcp("::1", {}));
} else {
  describe("the socket contract: TCP on IPv6", () => it.skip("this host has no address ::1"));
}

/** Unix sockets with numbers for paths, which is all that the suite asks of a network. */
class NumberedPaths implements Network {
  readonly #node = new NodeNetwork();
  readonly #directory = mkdtempSync(join(tmpdir(), "portico-"));
  #last = 0;

  async listen({ port }: ListenSpec): Promise<Listener> {
    const number = port || ++this.#last;
    const listener = await this.#node.listen({ path: this.#path(number) });
    const address = { ...listener.address, port: number };
    return { address, accept: () => listener.accept(), close: () => listener.close() };
  }

  connect({ port, signal }: ConnectSpec): Promise<Socket> {
    return this.#node.connect({ path: this.#path(port), ...(signal ? { signal } : {}) });
  }

  descriptors(): { active: number; max: number | undefined } {
    return this.#node.descriptors();
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  #path(number: number): string {
    return join(this.#directory, `${number}`);
  }
}

socketContract("Unix sockets", {
  setup: () => {
    const network = new NumberedPaths();
    return { network, listen: { port: 0 }, host: "", dispose: () => network.remove() };
  },
  lacks: {
    reset: "a Unix socket has no reset: the peer sees an end",
    addresses: "the connecting end of a Unix socket has no address, and neither has a port",
    refusal: "the path of a closed listener is gone: ENOENT",
  },
});
