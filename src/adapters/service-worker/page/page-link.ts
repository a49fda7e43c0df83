import type { FetchDescription, FirstBytes, ToPage, ToWorker } from "../protocol.ts";
import type { Exchange } from "./exchange.ts";
import type { Outlet } from "./outlet.ts";

/** What a link asks of its bridge. */
export interface PageLinkHost {
  /** An exchange for a fetch: one that a dead worker left, or a new one. It uses `outlet` from now on. */
  exchange(fetch: FetchDescription, body: FirstBytes | null, outlet: Outlet): Exchange;
}

/** The page's end of the link to one run of the worker. */
export class PageLink {
  readonly #port: MessagePort;
  readonly #host: PageLinkHost;
  readonly #exchanges = new Map<number, Exchange>();

  constructor(port: MessagePort, host: PageLinkHost) {
    this.#port = port;
    this.#host = host;
  }

  /** Whether something is in flight on it. */
  get busy(): boolean {
    return this.#exchanges.size > 0;
  }

  /** What came over the port, the welcome not among it. */
  receive(message: ToPage): void {
    if (message.kind === "request") {
      const outlet = new LinkOutlet(this.#port, message.id);
      this.#exchanges.set(message.id, this.#host.exchange(message.fetch, message.body, outlet));
      return;
    }
    const exchange = this.#exchanges.get(message.id);
    switch (message.kind) {
      case "body":
        exchange?.body(message.bytes);
        break;
      case "body-end":
        exchange?.bodyEnd();
        break;
      case "pull":
        exchange?.pull(message.bytes);
        break;
      case "accepted":
        exchange?.accepted();
        break;
      case "abort":
        exchange?.abort();
        break;
    }
  }

  forget(exchange: Exchange): void {
    for (const [id, each] of this.#exchanges) if (each === exchange) this.#exchanges.delete(id);
  }

  /** The worker is dead. @returns the exchanges that it leaves, and whose answer can still be given */
  bury(): Exchange[] {
    const left = [...this.#exchanges.values()].filter((exchange) => exchange.detach());
    this.#exchanges.clear();
    this.#port.close();
    return left;
  }

  /** The bridge closes. */
  close(): void {
    const message: ToWorker = { kind: "bye" };
    this.#port.postMessage(message);
    for (const exchange of [...this.#exchanges.values()]) exchange.abort();
    this.#exchanges.clear();
    this.#port.close();
  }
}

class LinkOutlet implements Outlet {
  readonly #port: MessagePort;
  readonly #id: number;

  constructor(port: MessagePort, id: number) {
    this.#port = port;
    this.#id = id;
  }

  head: Outlet["head"] = (head, body) => this.#post({ kind: "head", id: this.#id, head, body });
  refused: Outlet["refused"] = (code) => this.#post({ kind: "refused", id: this.#id, code });
  chunk: Outlet["chunk"] = (bytes) => this.#post({ kind: "chunk", id: this.#id, bytes }, [bytes]);
  end: Outlet["end"] = () => this.#post({ kind: "end", id: this.#id });
  cut: Outlet["cut"] = () => this.#post({ kind: "cut", id: this.#id });

  pull(bytes: number): void {
    if (bytes > 0) this.#post({ kind: "pull", id: this.#id, bytes });
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
