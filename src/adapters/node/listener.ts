import type { Socket as NetSocket, Server } from "node:net";
import { type Listener, NetworkError, type Socket, type SocketAddress } from "../../socket/index.ts";
import { ipAddress } from "../ip-address.ts";
import { unixAddress } from "./address.ts";
import type { Descriptors } from "./descriptors.ts";
import { networkError } from "./errors.ts";
import { NodeSocket } from "./socket.ts";
import { Handshakes } from "./tls/handshakes.ts";
import type { Identities } from "./tls/identities.ts";

/** Looked up once: fake timers of a test must not hold it. */
const { setImmediate } = globalThis;

interface Waiting {
  resolve(socket: Socket): void;
  reject(error: Error): void;
}

/**
 * The port's listener over a `net.Server`.
 *
 * Strategy: Node takes connections off the kernel's queue by itself and can't be told not to. They wait here,
 * unread, for `accept`; at most `backlog` of them, above which a new one is reset, as a full kernel queue would.
 *
 * Closing: the kernel resets what it holds for a socket that is closed, so connections that it had established are
 * taken first, and behind the end those that were taken get to read what had been sent to them.
 *
 * Short of descriptors: a connection that comes while only the reserve is left (`Descriptors.short`) is closed, so
 * that a crowd at the door does not take from those inside the files that they ask for.
 *
 * Out of descriptors: libuv then takes and closes what is in the kernel's queue without a word (it keeps
 * a spare descriptor for that), so clients see a closed connection and the listener goes on. Where it has no
 * spare one, Node reports `EMFILE`, and one `accept` rejects with it.
 */
export class NodeListener implements Listener {
  readonly address: SocketAddress;
  readonly #server: Server;
  readonly #descriptors: Descriptors;
  readonly #backlog: number;
  readonly #handshakes: Handshakes | undefined;
  readonly #unaccepted: NodeSocket[] = [];
  readonly #waiting: Waiting[] = [];
  #failures: NetworkError[] = [];
  #state: "listening" | "closed" = "listening";
  #closed: Promise<void> | undefined;

  /**
   * @param server listening.
   * @param identities of a `tls.Server`, whose connections arrive when their handshake is done.
   */
  constructor(server: Server, descriptors: Descriptors, backlog: number, identities?: Identities) {
    this.#server = server;
    this.#descriptors = descriptors;
    this.#backlog = backlog;
    const bound = server.address();
    this.address =
      bound === null || typeof bound === "string"
        ? unixAddress(bound ?? "")
        : ipAddress(bound.address, bound.port);
    const arrive = (net: NetSocket, beneath?: NetSocket) => this.#arrive(net, beneath);
    if (identities) this.#handshakes = new Handshakes(server, identities, descriptors, arrive);
    else server.on("connection", arrive);
    server.on("error", (error) => this.#fail(networkError(error, "accepting a connection failed")));
    descriptors.opened();
  }

  accept(): Promise<Socket> {
    const socket = this.#unaccepted.shift();
    if (socket) return Promise.resolve(socket);
    const failure = this.#failures.shift() ?? (this.#state === "closed" ? closedError() : undefined);
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await twoTurns();
    this.#state = "closed";
    this.#server.close(); // its callback would wait for the accepted connections too
    this.#descriptors.closed();
    this.#failures = [];
    this.#handshakes?.close();
    for (const socket of this.#unaccepted.splice(0)) socket.destroy();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closedError());
    await twoTurns();
  }

  #arrive(net: NetSocket, beneath: NetSocket | undefined): void {
    if (this.#descriptors.short) {
      net.destroy();
      return;
    }
    const unix = this.address.family === "unix" ? { local: this.address.address, remote: "" } : undefined;
    const socket = new NodeSocket(net, { descriptors: this.#descriptors, unix, beneath });
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(socket);
    else if (this.#state === "closed" || this.#unaccepted.length >= this.#backlog) socket.destroy();
    else this.#unaccepted.push(socket);
  }

  #fail(error: NetworkError): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.reject(error);
    else if (this.#failures.length === 0) this.#failures.push(error);
  }
}

/** In one of two turns of the loop everything is looked at that the kernel has. */
async function twoTurns(): Promise<void> {
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
}

function closedError(): NetworkError {
  return new NetworkError("ERR_LISTENER_CLOSED", "the listener was closed");
}
