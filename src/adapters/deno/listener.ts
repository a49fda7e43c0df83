import type { Listener, Socket, SocketAddress } from "../../socket/index.ts";
import { closedError } from "../accept-queue.ts";
import { ipAddress } from "../ip-address.ts";
import { networkError } from "./errors.ts";
import type { RawConnection, RawListener } from "./runtime.ts";

/** The port's listener over Deno's, which takes one `accept` at a time: calls stand in line. */
export class DenoListener implements Listener {
  readonly address: SocketAddress;
  readonly #raw: RawListener;
  readonly #adopt: (raw: RawConnection) => Socket;
  readonly #onClose: () => void;
  #state: "listening" | "closed" = "listening";
  #last: Promise<unknown> = Promise.resolve();

  constructor(raw: RawListener, adopt: (raw: RawConnection) => Socket, onClose: () => void) {
    this.#raw = raw;
    this.#adopt = adopt;
    this.#onClose = onClose;
    this.address = ipAddress(raw.addr.hostname, raw.addr.port);
  }

  accept(): Promise<Socket> {
    const next = this.#last.then(() => this.#accept());
    this.#last = next.catch(() => {});
    return next;
  }

  close(): Promise<void> {
    if (this.#state === "listening") {
      this.#state = "closed";
      this.#raw.close();
      this.#onClose();
    }
    return Promise.resolve();
  }

  async #accept(): Promise<Socket> {
    if (this.#state === "closed") throw closedError();
    try {
      return this.#adopt(await this.#raw.accept());
    } catch (error) {
      throw this.#isClosed() ? closedError() : networkError(error, "accepting a connection failed");
    }
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}
