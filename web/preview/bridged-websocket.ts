import type { Ask, SocketAnswer, SocketOrder } from "./protocol.ts";

/** How pages reach the playground: `open` asks for a socket, at an address of the program's network. */
export interface SocketBridge {
  addressOf(url: string | URL): string;
  open(ask: Ask & { type: "websocket" }): SocketLine;
}

/** What is said about one socket. */
export interface SocketLine {
  postMessage(order: SocketOrder): void;
  onmessage: ((event: MessageEvent<SocketAnswer>) => void) | null;
  close(): void;
}

/** `WebSocket` by way of the playground, which has the connection. */
export const bridgedWebSocket = (bridge: SocketBridge) =>
  class WebSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readonly url: string;
    readonly bufferedAmount = 0;
    protocol = "";
    extensions = "";
    binaryType: BinaryType = "blob";
    readyState = 0;
    onopen: ((event: Event) => void) | null = null;
    onmessage: ((event: MessageEvent) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;
    onclose: ((event: CloseEvent) => void) | null = null;
    readonly #port: SocketLine;

    constructor(url: string | URL, protocols: string | readonly string[] = []) {
      super();
      this.url = bridge.addressOf(url).replace(/^http/, "ws");
      this.addEventListener("open", (event) => this.onopen?.(event));
      this.addEventListener("message", (event) => this.onmessage?.(event as MessageEvent));
      this.addEventListener("error", (event) => this.onerror?.(event));
      this.addEventListener("close", (event) => this.onclose?.(event as CloseEvent));
      this.#port = bridge.open({ type: "websocket", url: this.url, protocols: [protocols].flat() });
      this.#port.onmessage = ({ data }: MessageEvent<SocketAnswer>) => this.#onAnswer(data);
    }

    send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
      if (this.readyState === 0)
        throw new DOMException("The connection is not open yet", "InvalidStateError");
      if (this.readyState !== 1) return;
      if (data instanceof Blob)
        void data.arrayBuffer().then((bytes) => this.#order({ type: "send", data: bytes }));
      else if (ArrayBuffer.isView(data)) {
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
        this.#order({ type: "send", data: bytes.buffer });
      } else this.#order({ type: "send", data });
    }

    close(code?: number, reason?: string): void {
      if (this.readyState >= 2) return;
      this.readyState = 2;
      this.#order({ type: "close", code, reason });
    }

    #order(order: SocketOrder): void {
      this.#port.postMessage(order);
    }

    #onAnswer(answer: SocketAnswer): void {
      if (answer.type === "open") {
        this.readyState = 1;
        this.protocol = answer.protocol;
        this.extensions = answer.extensions;
        this.dispatchEvent(new Event("open"));
      } else if (answer.type === "message") {
        const { data } = answer;
        const value = typeof data === "string" || this.binaryType === "arraybuffer" ? data : new Blob([data]);
        this.dispatchEvent(new MessageEvent("message", { data: value, origin: new URL(this.url).origin }));
      } else if (answer.type === "error") this.dispatchEvent(new Event("error"));
      else {
        this.readyState = 3;
        const { code, reason, clean } = answer;
        this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: clean }));
        this.#port.close();
      }
    }
  };
