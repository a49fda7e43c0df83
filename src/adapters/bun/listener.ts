import type { Listener, Socket, SocketAddress } from "../../socket/index.ts";
import type { AcceptQueue } from "../accept-queue.ts";
import type { RawListener } from "./runtime.ts";

/**
 * The port's listener over Bun's, which accepts by itself: connections wait in the queue, unread.
 *
 * Closing: the kernel resets what it holds for a socket that is closed, so connections that it had established are taken
 * first.
 */
export class BunListener implements Listener {
  readonly address: SocketAddress;
  readonly #raw: RawListener;
  readonly #queue: AcceptQueue;
  readonly #onClose: () => void;
  #closed: Promise<void> | undefined;

  constructor(raw: RawListener, address: SocketAddress, queue: AcceptQueue, onClose: () => void) {
    this.#raw = raw;
    this.address = address;
    this.#queue = queue;
    this.#onClose = onClose;
  }

  accept(): Promise<Socket> {
    return this.#queue.accept();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // In one of two turns of the loop everything is looked at that the kernel has.
    for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
    this.#raw.stop(false);
    this.#queue.close();
    this.#onClose();
  }
}
