import type { Listener, Socket, SocketAddress } from "../../socket/index.ts";
import type { AcceptQueue } from "../accept-queue.ts";
import type { RawListener } from "./runtime.ts";

/** The port's listener over Bun's, which accepts by itself: connections wait in the queue, unread. */
export class BunListener implements Listener {
  readonly address: SocketAddress;
  readonly #raw: RawListener;
  readonly #queue: AcceptQueue;
  readonly #onClose: () => void;
  #state: "listening" | "closed" = "listening";

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
    if (this.#state === "listening") {
      this.#state = "closed";
      this.#raw.stop(false);
      this.#queue.close();
      this.#onClose();
    }
    return Promise.resolve();
  }
}
