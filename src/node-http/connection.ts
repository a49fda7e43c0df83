import type { ConnectionSocket } from "./connection-socket.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import type { ServerResponse } from "./server-response.ts";

/** A connection, and what is being served on it. */
export class Connection {
  readonly facade: ConnectionSocket;
  /** Requests that came on it. */
  requests = 0;
  current: { readonly message: IncomingMessage; readonly response: ServerResponse } | undefined;

  #isLost = false;
  #whenLost: (() => void) | undefined;

  constructor(facade: ConnectionSocket) {
    this.facade = facade;
  }

  /** Resolves when it is gone. */
  async end(): Promise<void> {
    if (this.#isLost) return;
    await new Promise<void>((resolve) => {
      this.#whenLost = resolve;
    });
  }

  /**
   * Nothing came or went for as long as was set. As in Node it is ended where nobody listens for that.
   * @param tell the server's listeners
   */
  quiet(tell: () => boolean): void {
    if (this.facade.taken) return;
    const { message, response } = this.current ?? {};
    const heard = [
      message?.complete === false && message.emit("timeout", this.facade),
      response?.emit("timeout", this.facade),
      tell(),
    ];
    if (!heard.includes(true)) this.facade.destroy();
  }

  lost(error: Error | undefined): void {
    this.#isLost = true;
    this.#whenLost?.();
    if (!this.facade.taken) this.facade.lost(error);
    this.current?.message.connectionLost();
    this.current?.response.connectionLost();
  }
}
