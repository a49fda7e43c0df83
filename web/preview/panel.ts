/**
 * The preview: a page of the program in a frame of its own. Engines that have real URLs show them as they are, on an
 * origin that is not the playground's. Otherwise the frame has an opaque origin and a policy that lets nothing out;
 * its document is ours (preview.html), and where that can't be had, the page is shown without its scripts.
 */
import type { Network } from "../../src/socket/index.ts";
import { byId, h } from "../app/dom.ts";
import type { PageUrls } from "../engine/engine.ts";
import { OutsideFrame, ownPage } from "../frame/outside-frame.ts";
import { PREVIEW_SANDBOX } from "../frame/protocol.ts";
import { joined } from "../http/bytes.ts";
import { type Fetched, standalonePage, withoutScripts } from "./page.ts";
import { type Ask, readAsk } from "./protocol.ts";
import type { Services } from "./services.ts";

const READY_MS = 3000;
const REQUEST_MS = 20_000;
/** What a page may say in a second: one that says more is there to do harm. */
const MAX_SAID = 3000;
/** What counts for so much of it: leading to another page. */
const LEADING = 30;
/** Between two pages that a page leads to: of what it asks for meanwhile, the last counts. */
const PAUSE_MS = 100;
/** A page, and each of the files that it is put together from. */
const MAX_BYTES = 16_000_000;

export class PreviewPanel {
  readonly #panel = byId("preview", HTMLElement);
  readonly #path = byId("preview-path", HTMLInputElement);
  readonly #network: Network;
  readonly #port: () => number | undefined;
  readonly #urls: () => PageUrls | undefined;
  readonly #tab = byId("preview-tab", HTMLAnchorElement);
  #outside: OutsideFrame | undefined;
  #address: URL | undefined;
  #frame: HTMLIFrameElement | undefined;
  /** The frame whose document was there to be written over. */
  #written: HTMLIFrameElement | undefined;
  #drawing = 0;
  /** Since when the page has said how much. */
  #said = { since: 0, count: 0 };
  #followedAt = 0;
  #following: ReturnType<typeof setTimeout> | undefined;
  #parts: Promise<Parts> | undefined;

  constructor(network: Network, port: () => number | undefined, urls: () => PageUrls | undefined) {
    this.#network = network;
    this.#port = port;
    this.#urls = urls;
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
    this.#endPage();
    this.#say("A page that the program answers with is shown here.");
  }

  /** Requests a page of the program and shows it. */
  async open(path: string, init: RequestInit = {}): Promise<void> {
    const port = this.#port();
    if (port === undefined) return this.#say("The program is not running.");
    const url = URL.parse(path, this.#address ?? `http://localhost:${port}/`);
    if (url?.hostname !== "localhost") return this.#say("This address is outside, and stays there.");
    url.port = String(port);
    if (this.#urls()) return this.#visit(url);
    const drawing = ++this.#drawing;
    try {
      const { bytes, type, from } = await this.#fetch(url, init);
      if (drawing === this.#drawing) await this.show(bytes, type, from);
    } catch (error) {
      if (drawing === this.#drawing)
        this.#say(`There is no page: ${error instanceof Error ? error.message : "it failed"}`);
    }
  }

  /** Shows a page that has been fetched; one with a URL of its own is requested again by its frame. */
  async show(bytes: Uint8Array, type: string, url: URL): Promise<void> {
    if (this.#urls()) return this.#visit(url);
    const drawing = ++this.#drawing;
    this.#address = url;
    this.#path.value = url.pathname + url.search;
    const text = new TextDecoder().decode(bytes);
    const html = /html/i.test(type) ? text : `<!doctype html><pre>${escaped(text)}</pre>`;
    const parts = await this.#load().catch(() => undefined);
    if (!parts)
      return this.#say("Previews need a part of the playground that can't be had without a network.");
    const page = await standalonePage(html, url, parts.bridge, (resource) => this.#fetch(resource));
    if (drawing === this.#drawing) await this.#draw(page);
  }

  /** Leads a frame to the real URL of a page. */
  #visit(address: URL): void {
    const url = this.#urls()?.urlFor(Number(address.port), address.pathname + address.search);
    if (!url) return this.#say("The program's pages have no address yet.");
    this.#drawing++;
    this.#address = address;
    this.#path.value = address.pathname + address.search;
    this.#tab.href = url.href;
    this.#tab.hidden = false;
    this.#outside?.remove();
    this.#outside = new OutsideFrame(url.origin, "Preview");
    this.#outside.show({ url: url.href, title: "Page of the program", sandbox: PREVIEW_SANDBOX });
    this.#panel.replaceChildren(this.#outside.element);
  }

  /** What only pages need is loaded with the first one. */
  #load(): Promise<Parts> {
    this.#parts ??= Promise.all([import("./services.ts"), import("virtual:preview-bridge")]).then(
      ([{ Services }, { default: bridge }]) => ({ services: new Services(this.#network), bridge }),
      (error: unknown) => {
        this.#parts = undefined; // the next page tries again
        throw error;
      },
    );
    return this.#parts;
  }

  /** @returns what came, and where redirects have led */
  async #fetch(url: URL, init: RequestInit = {}): Promise<Fetched & { readonly from: URL }> {
    const { services } = await this.#load();
    const signal = AbortSignal.timeout(REQUEST_MS);
    const response = await services.fetch(url.href, { ...init, signal });
    const bytes = await bytesOf(response);
    const from = new URL(response.url);
    from.hostname = url.hostname; // whatever else the program calls itself
    return { bytes, type: response.headers.get("Content-Type") ?? "", from };
  }

  /** What the page before asked for ends with it. */
  #endPage(): void {
    clearTimeout(this.#following);
    this.#frame = undefined;
    this.#outside?.remove();
    this.#outside = undefined;
    this.#tab.hidden = true;
    void this.#parts?.then(
      ({ services }) => services.endPage(),
      () => {},
    );
  }

  async #draw(page: string): Promise<void> {
    const frame = h("iframe", {
      title: "Page of the program",
      // Forms are followed by the bridge; the frame's own policy keeps them from being sent anywhere.
      sandbox: "allow-scripts allow-forms",
      src: ownPage("preview.html"),
    });
    this.#endPage();
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

  #onMessage({ source, data, ports: [port] }: MessageEvent<unknown>): void {
    if (!this.#frame || source !== this.#frame.contentWindow) return;
    const ask = readAsk(data);
    if (this.#saysTooMuch(data === "ready" || ask?.type === "open" ? LEADING : 1)) return;
    if (data === "ready") return this.#onReady();
    if (ask && port) void this.#answer(ask, port);
  }

  /** It is another process, which no watchdog of ours ends, and could keep this one from everything else. */
  #saysTooMuch(weight: number): boolean {
    const now = performance.now();
    if (now - this.#said.since > 1000) this.#said = { since: now, count: 0 };
    this.#said.count += weight;
    if (this.#said.count <= MAX_SAID) return false;
    this.#drawing++;
    this.#endPage();
    this.#say("The page was ended: it kept the playground from working.");
    return true;
  }

  /** Goes where the page leads. */
  #follow(url: string, init: RequestInit = {}): void {
    clearTimeout(this.#following);
    const wait = this.#followedAt + PAUSE_MS - performance.now();
    this.#following = setTimeout(() => {
      this.#followedAt = performance.now();
      void this.open(url, init);
    }, wait);
  }

  /** A page that loads itself again has only the frame's own document then: it is requested anew. */
  #onReady(): void {
    const again = this.#written === this.#frame;
    this.#written = this.#frame;
    if (again && this.#address) this.#follow(this.#address.href);
  }

  async #answer(ask: Ask, port: MessagePort): Promise<void> {
    if (ask.type === "open") {
      const { method, body, contentType } = ask;
      const headers = contentType === undefined ? {} : { "Content-Type": contentType };
      return this.#follow(ask.url, body === undefined ? {} : { method, body, headers });
    }
    const { services } = await this.#load();
    if (ask.type === "fetch") await services.answerFetch(ask, port);
    else services.answerWebSocket(ask, port);
  }

  #say(text: string): void {
    this.#panel.replaceChildren(h("p", { class: "empty" }, text));
  }
}

interface Parts {
  readonly services: Services;
  readonly bridge: string;
}

/** A program may send without end. */
async function bytesOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    parts.push(read.value);
    length += read.value.length;
    if (length <= MAX_BYTES) continue;
    await reader?.cancel();
    throw new RangeError(`it has more than ${MAX_BYTES / 1e6} MB`);
  }
  return joined(parts);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
