import type { ExchangeConnection } from "./exchange.ts";

/**
 * Bytes that came and are dropped, those that were there at the end included; a peer that goes on sending is left to
 * stall then. A peer that floods sends twice as much in one read, so that one read is all it gets.
 */
const MAX_DROPPED = 32_768;
/** A last answer above this may fill the buffers on the way: the client has as long for it as for any write. */
const MAX_QUICK = 65_536;

/**
 * The end of a connection, in stages (RFC 9112 section 9.6): the peer takes the last answer, our side is ended, and
 * what still comes is read and dropped until the peer ends its own, so that the answer is not lost to a reset.
 */
export class LingeringClose {
  readonly #connection: ExchangeConnection;
  #dropped = 0;
  /** When it has taken too long; not while the last answer waits for the peer. */
  #deadline = Infinity;

  constructor(connection: ExchangeConnection) {
    this.#connection = connection;
    connection.output.flush();
    for (const rest of connection.reader.takeRest()) this.onData(rest);
    if (!connection.output.full) this.onDrain();
  }

  onDrain(): void {
    const { host, output, socket } = this.#connection;
    const { clock, timeouts } = host.config;
    const { lingerMs, writeStallMs } = timeouts;
    const ms = output.volume > MAX_QUICK ? Math.max(lingerMs, writeStallMs || Infinity) : lingerMs;
    if (ms > 0) this.#deadline = clock.now() + ms;
    socket.end();
  }

  onData(bytes: Uint8Array): void {
    this.#dropped += bytes.length;
    if (this.#dropped >= MAX_DROPPED) this.#connection.socket.pause();
  }

  checkDeadlines(now: number): void {
    const { host, output } = this.#connection;
    if (now >= this.#deadline || output.stalled(now, host.config.timeouts.writeStallMs))
      this.#connection.destroy();
  }
}
