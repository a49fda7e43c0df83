import type { Listener, Socket, SocketAddress } from "../../socket/index.ts";
import { closedError } from "../accept-queue.ts";
import { ipAddress } from "../ip-address.ts";
import { networkError } from "./errors.ts";
import type { RawConnection, RawListener } from "./runtime.ts";

/** Turns of the loop that a listener waits with its close at most, while connections come. */
const MOST_TURNS = 200;

/**
 * The port's listener over Deno's, which takes one `accept` at a time: calls stand in line.
 *
 * Closing: the kernel resets what it holds for a socket that is closed, so as long as somebody accepts, those that had
 * connected before are taken first, one in each turn of the loop or two.
 */
export class DenoListener implements Listener {
  readonly address: SocketAddress;
  readonly #raw: RawListener;
  readonly #adopt: (raw: RawConnection) => Socket;
  readonly #onClose: () => void;
  #state: "listening" | "closed" = "listening";
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #taken = 0;
  #closed: Promise<void> | undefined;

  constructor(raw: RawListener, adopt: (raw: RawConnection) => Socket, onClose: () => void) {
    this.#raw = raw;
    this.#adopt = adopt;
    this.#onClose = onClose;
    this.address = ipAddress(raw.addr.hostname, raw.addr.port);
  }

  accept(): Promise<Socket> {
    this.#waiting++;
    const next = this.#last.then(() => this.#accept());
    this.#last = next.then(
      () => this.#waiting--,
      () => this.#waiting--,
    );
    return next;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#takeThoseThatCame();
    this.#state = "closed";
    this.#raw.close();
    this.#onClose();
    await twoTurns(); // Deno lets go of the port when the accept that it broke off is over
  }

  async #takeThoseThatCame(): Promise<void> {
    let taken = -1;
    for (let turns = 0; turns < MOST_TURNS && this.#waiting > 0 && this.#taken > taken; turns += 2) {
      taken = this.#taken;
      await twoTurns();
    }
  }

  async #accept(): Promise<Socket> {
    if (this.#state === "closed") throw closedError();
    try {
      const raw = await this.#raw.accept();
      this.#taken++;
      return this.#adopt(raw);
    } catch (error) {
      throw this.#isClosed() ? closedError() : networkError(error, "accepting a connection failed");
    }
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}

async function twoTurns(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
