/** A frame that shows pages of one other origin, from the playground's side. See `main.ts` for the other one. */
import { h } from "../app/dom.ts";
import { type Admit, READY, type Show } from "./protocol.ts";

/** A page of the playground's own, as it is there for pages that are isolated across origins, and for others. */
export function ownPage(name: string): string {
  return `./${crossOriginIsolated ? "isolated-" : ""}${name}`;
}

export class OutsideFrame {
  readonly element: HTMLIFrameElement;
  readonly #onMessage = (event: MessageEvent<unknown>) => this.#hear(event);
  #life: "loading" | "open" | "removed" = "loading";
  #waiting: readonly [Show, MessagePort[]] | undefined;
  readonly #origin: string;

  /** @param origin the only one whose pages it shows */
  constructor(origin: string, title: string) {
    this.#origin = origin;
    this.element = h("iframe", { src: ownPage("frame.html"), title, allow: "cross-origin-isolated" });
    addEventListener("message", this.#onMessage);
  }

  /** @param port goes to the page when that is there and asks for one */
  show(page: Omit<Show, "type">, ...port: MessagePort[]): void {
    if (this.#life === "open") this.#post({ type: "show", ...page }, port);
    else this.#waiting = [{ type: "show", ...page }, port];
  }

  remove(): void {
    this.#life = "removed";
    removeEventListener("message", this.#onMessage);
    this.element.remove();
  }

  #hear({ source, origin, data }: MessageEvent<unknown>): void {
    if (source !== this.element.contentWindow || origin !== location.origin || data !== READY) return;
    this.#life = "open";
    this.#post({ type: "admit", origin: this.#origin });
    if (this.#waiting) this.#post(...this.#waiting);
    this.#waiting = undefined;
  }

  #post(order: Admit | Show, ports: MessagePort[] = []): void {
    this.element.contentWindow?.postMessage(order, location.origin, ports);
  }
}
