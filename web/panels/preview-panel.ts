/**
 * The preview: a page of the program in a frame of its own, with an opaque origin and a policy that lets nothing
 * out. The frame's document is ours (preview.html); where that can't be had, the page is shown without its scripts.
 */
import { createFetch } from "../../src/client/index.ts";
import type { Network } from "../../src/socket/index.ts";
import { byId, h } from "../app/dom.ts";
import { type Fetched, standalonePage, withoutScripts } from "./preview-page.ts";

const READY_MS = 3000;
const REQUEST_MS = 20_000;

export class PreviewPanel {
  readonly #panel = byId("preview", HTMLElement);
  readonly #path = byId("preview-path", HTMLInputElement);
  readonly #fetch: ReturnType<typeof createFetch>;
  readonly #port: () => number | undefined;
  #address: URL | undefined;
  #frame: HTMLIFrameElement | undefined;
  #drawing = 0;

  constructor(network: Network, port: () => number | undefined) {
    this.#fetch = createFetch(network);
    this.#port = port;
    byId("preview-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.open(this.#path.value);
    });
    addEventListener("message", (event) => this.#onMessage(event));
    this.clear();
  }

  clear(): void {
    this.#drawing++;
    this.#address = undefined;
    this.#frame = undefined;
    this.#say("A page that the program answers with is shown here.");
  }

  /** Requests a page of the program and shows it. */
  async open(path: string, init: RequestInit = {}): Promise<void> {
    const port = this.#port();
    if (port === undefined) return this.#say("The program is not running.");
    const url = URL.parse(path, this.#address ?? `http://localhost:${port}/`);
    if (url?.hostname !== "localhost") return this.#say("This address is outside, and stays there.");
    url.port = String(port);
    const drawing = ++this.#drawing;
    try {
      const { bytes, type } = await this.#load(url, init);
      if (drawing === this.#drawing) await this.show(bytes, type, url);
    } catch (error) {
      if (drawing === this.#drawing)
        this.#say(`There is no page: ${error instanceof Error ? error.message : "it failed"}`);
    }
  }

  /** Shows a page that has been fetched. */
  async show(bytes: Uint8Array, type: string, url: URL): Promise<void> {
    const drawing = ++this.#drawing;
    this.#address = url;
    this.#path.value = url.pathname + url.search;
    const text = new TextDecoder().decode(bytes);
    const html = /html/i.test(type) ? text : `<!doctype html><pre>${escaped(text)}</pre>`;
    const page = await standalonePage(html, url, (resource) => this.#load(resource));
    if (drawing === this.#drawing) await this.#draw(page);
  }

  async #load(url: URL, init: RequestInit = {}): Promise<Fetched> {
    const { method = "GET", body = null } = init;
    const form = typeof body === "string" ? { "Content-Type": "application/x-www-form-urlencoded" } : {};
    const response = await this.#fetch(url.href, {
      method,
      body,
      headers: form,
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes, type: response.headers.get("Content-Type") ?? "" };
  }

  async #draw(page: string): Promise<void> {
    const frame = h("iframe", {
      title: "Page of the program",
      sandbox: "allow-scripts",
      src: "./preview.html",
    });
    this.#frame = frame;
    const ready = new Promise<boolean>((resolve) => {
      const listen = ({ source, data }: MessageEvent) => {
        if (source === frame.contentWindow && data === "ready") resolve(true);
      };
      addEventListener("message", listen);
      setTimeout(() => {
        removeEventListener("message", listen);
        resolve(false);
      }, READY_MS);
    });
    this.#panel.replaceChildren(frame);
    if (await ready) frame.contentWindow?.postMessage(page, "*");
    else if (this.#frame === frame)
      this.#panel.replaceChildren(
        h("iframe", {
          title: "Page of the program, without its scripts",
          sandbox: true,
          srcdoc: withoutScripts(page),
        }),
      );
  }

  #onMessage({ source, data }: MessageEvent<unknown>): void {
    if (!this.#frame || source !== this.#frame.contentWindow) return;
    if (typeof data !== "object" || data === null || !("open" in data)) return;
    const { open, method, body } = data as Record<string, unknown>;
    if (typeof open !== "string") return;
    if (typeof body !== "string") void this.open(open);
    else if (method === "post") void this.open(open, { method: "POST", body });
    else void this.open(`${open.split("?")[0]}?${body}`);
  }

  #say(text: string): void {
    this.#panel.replaceChildren(h("p", { class: "empty" }, text));
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
