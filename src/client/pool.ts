import type { Network } from "../socket/index.ts";
import type { Call } from "./call.ts";
import { ClientConnection } from "./connection.ts";
import { ClientError } from "./errors.ts";
import type { ClientConfig } from "./options.ts";

/**
 * The connections to one origin: those that idle, those that carry a request or are being made, and which calls
 * wait for one because there may be no more of them.
 */
export class Pool {
  readonly config: ClientConfig;
  readonly #network: Network;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #whenEmpty: () => void;
  /** The one used last is at the end, and is used first: the others may then time out. */
  readonly #idle: ClientConnection[] = [];
  readonly #queue: Call[] = [];
  #open = 0;

  constructor(
    network: Network,
    address: { host: string; port: number },
    config: ClientConfig,
    whenEmpty: () => void,
  ) {
    this.#network = network;
    this.#address = address;
    this.config = config;
    this.#whenEmpty = whenEmpty;
  }

  /** On a connection that idles, or on a new one. */
  send(call: Call): void {
    const connection = this.#idle.pop();
    if (connection === undefined) this.apply(call);
    else connection.send(call);
  }

  /** On a connection of its own, as soon as there may be one more. */
  apply(call: Call): void {
    if (this.#open < this.config.maxConnectionsPerOrigin) this.#connect(call);
    else this.#queue.push(call);
  }

  /** The call is over. A connection that is being made for it ends by its signal. */
  forget(call: Call): void {
    remove(this.#queue, call);
  }

  /** Ends what idles, and turns away who waits. */
  close(): void {
    for (const connection of [...this.#idle]) connection.end();
    for (const call of this.#queue.splice(0)) call.fail(new ClientError("ClientClosed"));
  }

  /** The connection can take another request, for so many milliseconds as the server says. */
  onIdle(connection: ClientConnection, keepAliveMs: number): void {
    const call = this.#queue.shift();
    if (call !== undefined) return connection.send(call);
    const ms = Math.min(this.config.keepAliveMs, keepAliveMs);
    if (ms <= 0) return connection.end();
    this.#idle.push(connection);
    connection.expireIn(ms);
  }

  /** The connection takes no more requests. */
  leave(connection: ClientConnection): void {
    remove(this.#idle, connection);
  }

  /** One connection less: whoever waits may have one. */
  freed(): void {
    this.#open--;
    const call = this.#queue.shift();
    if (call !== undefined) this.#connect(call);
    else if (this.#open === 0) this.#whenEmpty();
  }

  #connect(call: Call): void {
    const { signal } = call.request;
    this.#open++;
    this.#network.connect({ ...this.#address, ...(signal && { signal }) }).then(
      (socket) => {
        const connection = new ClientConnection(socket, this);
        // `connect` may resolve although the signal was aborted just then: the call is over.
        if (signal?.aborted) connection.destroy();
        else connection.send(call);
      },
      (error) => {
        this.freed();
        call.fail(error);
      },
    );
  }
}

function remove<T>(list: T[], element: T): void {
  const at = list.indexOf(element);
  if (at >= 0) list.splice(at, 1);
}
