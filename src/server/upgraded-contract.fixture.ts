import type { ConnectSpec, Listener, ListenSpec, Network, Socket } from "../socket/index.ts";
import { settled } from "../testing/index.ts";
import { HttpServer } from "./server.ts";

const SWITCH = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n";

/**
 * A network whose accepted sockets are what a server hands over: every connection begins with a request for that, and
 * what follows the request at once has been read by then.
 */
export class HandedOver implements Network {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  async listen(spec: ListenSpec): Promise<Listener> {
    const listener = await this.#network.listen(spec);
    const server = new HttpServer({ network: { ...this.#network, listen: async () => listener } });
    await server.listen(0);
    const accept = (resolve: (socket: Socket) => void, reject: (error: unknown) => void) => {
      const accepted = server.acceptRequest(async (request) => {
        await settled();
        resolve(request.takeOver());
      });
      accepted.catch(reject);
    };
    return { address: listener.address, accept: () => new Promise(accept), close: () => listener.close() };
  }

  async connect(spec: ConnectSpec): Promise<Socket> {
    const socket = await this.#network.connect(spec);
    socket.write(SWITCH);
    return new Proxy(socket, {
      get(_, key) {
        const value: unknown = Reflect.get(socket, key);
        if (key === "bytesTaken") return value && Number(value) - SWITCH.length;
        return typeof value === "function" ? value.bind(socket) : value;
      },
    });
  }

  descriptors(): { active: number; max: number | undefined } {
    return this.#network.descriptors();
  }
}
