import type { Network, Socket } from "../socket/index.ts";
import { ClientConnection, type ConnectionOwner } from "./connection.ts";
import { clientClosed } from "./errors.ts";
import type { ClientConfig } from "./options.ts";
import type { Sweep } from "./sweep.ts";

/** Somebody who waits for a connection; told of one of the two, once, unless `forget` came before. */
export interface Applicant {
  readonly signal: AbortSignal | undefined;
  onConnection(connection: ClientConnection): void;
  onNoConnection(error: unknown): void;
}

/** Milliseconds that a server may take to close a connection which both sides are done with. */
const CLOSING_MS = 2000;

/**
 * The connections to one origin: those that idle, those that carry a request or are being made, and who waits
 * for one because there may be no more of them.
 */
export class Pool implements ConnectionOwner {
  readonly #network: Network;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #config: ClientConfig;
  readonly #sweep: Sweep;
  readonly #whenEmpty: () => void;
  /** The one used last is at the end, and is used first: the others may then time out. */
  readonly #idle: ClientConnection[] = [];
  readonly #queue: Applicant[] = [];
  #open = 0;
  #closed = false;

  constructor(
    network: Network,
    address: { host: string; port: number },
    config: ClientConfig,
    sweep: Sweep,
    whenEmpty: () => void,
  ) {
    this.#network = network;
    this.#address = address;
    this.#config = config;
    this.#sweep = sweep;
    this.#whenEmpty = whenEmpty;
  }

  /** A connection that idles. */
  take(): ClientConnection | undefined {
    const connection = this.#idle.pop();
    if (connection === undefined) return undefined;
    this.#sweep.delete(connection);
    connection.setBackground(false);
    return connection;
  }

  /** Makes a connection, as soon as there may be one more. */
  apply(applicant: Applicant): void {
    if (this.#open >= this.#config.maxConnectionsPerOrigin) {
      this.#queue.push(applicant);
      return;
    }
    this.#connect(applicant);
  }

  /** The applicant does not want one any more. One that is being made for it ends by its signal. */
  forget(applicant: Applicant): void {
    const at = this.#queue.indexOf(applicant);
    if (at >= 0) this.#queue.splice(at, 1);
  }

  /** Ends what idles, now and later, and turns away who waits. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) {
      this.#sweep.delete(connection);
      connection.end();
    }
    for (const applicant of this.#queue.splice(0)) applicant.onNoConnection(clientClosed());
  }

  onIdle(connection: ClientConnection, keepAliveMs: number): void {
    const applicant = this.#queue.shift();
    if (applicant !== undefined) {
      applicant.onConnection(connection);
      return;
    }
    const ms = Math.min(this.#config.keepAliveMs, keepAliveMs);
    if (ms <= 0 || this.#closed) {
      connection.end();
      return;
    }
    this.#idle.push(connection);
    connection.setBackground(true);
    this.#sweep.add(connection, ms);
  }

  onClosing(connection: ClientConnection): void {
    this.#leave(connection);
    connection.setBackground(true);
    this.#sweep.add(connection, CLOSING_MS);
  }

  onGone(connection: ClientConnection): void {
    this.#leave(connection);
    this.#sweep.delete(connection);
    this.#freed();
  }

  #leave(connection: ClientConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** One connection less: whoever waits may have one. */
  #freed(): void {
    this.#open--;
    const applicant = this.#queue.shift();
    if (applicant !== undefined) this.#connect(applicant);
    else if (this.#open === 0) this.#whenEmpty();
  }

  #connect(applicant: Applicant): void {
    const { signal } = applicant;
    this.#open++;
    const spec = signal === undefined ? this.#address : { ...this.#address, signal };
    this.#network.connect(spec).then(
      (socket) => this.#connected(socket, applicant),
      (error) => {
        this.#freed();
        applicant.onNoConnection(error);
      },
    );
  }

  #connected(socket: Socket, applicant: Applicant): void {
    const connection = new ClientConnection(socket, this, this.#config.limits);
    // `connect` may resolve although the signal was aborted just then: the applicant is gone.
    if (applicant.signal?.aborted) connection.destroy();
    else applicant.onConnection(connection);
  }
}
