import type { FetchDescription, FirstBytes, ToPage, ToWorker } from "../protocol.ts";
import { Ask } from "./ask.ts";
import { Problem } from "./problem.ts";

/** The worker's end of the link to the page that has a session. */
export class WorkerLink {
  readonly #port: MessagePort;
  readonly #asks = new Map<number, Ask>();
  readonly #gone: () => void;
  #made = 0;
  #state: "open" | "closed" = "open";

  /** @param gone called once, when the link is of no use any more */
  constructor(port: MessagePort, gone: () => void) {
    this.#port = port;
    this.#gone = gone;
    port.onmessage = ({ data }: MessageEvent<ToWorker>) => this.#receive(data);
  }

  /** Hands a fetch to the page. */
  ask(fetch: FetchDescription, body: FirstBytes | null): Ask {
    const id = this.#made++;
    const post = (message: ToPage, transfer: Transferable[] = []) =>
      this.#port.postMessage(message, transfer);
    const ask = new Ask(id, post, () => this.#asks.delete(id));
    this.#asks.set(id, ask);
    post({ kind: "request", id, fetch, body }, body ? [body.bytes] : []);
    return ask;
  }

  /** The page is gone, or does not want to be asked any more. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#gone();
    for (const ask of [...this.#asks.values()]) ask.fail(new Problem("SessionGone"));
    this.#port.close();
  }

  #receive(message: ToWorker): void {
    if (message.kind === "bye") this.close();
    else this.#asks.get(message.id)?.receive(message);
  }
}
