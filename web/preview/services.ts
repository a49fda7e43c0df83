/** What the playground does for a page in the preview: its requests and WebSockets, on the virtual network alone. */
import { createFetch } from "../../src/client/index.ts";
import type { Network } from "../../src/socket/index.ts";
import { createWebSocket } from "../../src/websocket/index.ts";
import type { Ask, FetchAnswer, FetchOrder, SocketAnswer, SocketOrder } from "./protocol.ts";

/** Requests and WebSockets that a page may have at a time. */
const MAX_ASKS = 100;

/** Where a socket's answers go, and its orders come from: a MessagePort, or what stands for one. */
export interface AnswerPort {
  postMessage(answer: SocketAnswer): void;
  onmessage: ((event: MessageEvent<SocketOrder>) => void) | null;
}

export class Services {
  readonly fetch: ReturnType<typeof createFetch>;
  readonly #WebSocket: typeof WebSocket;
  #running = 0;
  /** Aborted when the page is gone. */
  #page = new AbortController();

  constructor(network: Network) {
    this.fetch = createFetch(network);
    this.#WebSocket = createWebSocket(network);
  }

  /** The page is gone: everything that it asked for ends. */
  endPage(): void {
    this.#page.abort();
    this.#page = new AbortController();
  }

  async answerFetch(request: Ask & { type: "fetch" }, port: MessagePort): Promise<void> {
    const tell = (answer: FetchAnswer) => port.postMessage(answer);
    if (this.#running >= MAX_ASKS) return tell({ type: "failed", message: "Too many requests at a time" });
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#page.signal]);
    const wanted = new Wanted(signal);
    port.onmessage = ({ data }: MessageEvent<FetchOrder>) => (data === "pull" ? wanted.add() : abort.abort());
    this.#running++;
    try {
      const { method, body = null } = request;
      const headers = request.headers.map(([name, value]): [string, string] => [name, value]);
      const response = await this.fetch(request.url, { method, headers, body, signal });
      tell({
        type: "head",
        status: response.status,
        statusText: response.statusText,
        headers: [...response.headers],
      });
      const reader = response.body?.getReader();
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        await wanted.take();
        tell({ type: "chunk", bytes: part.value });
      }
      tell({ type: "end" });
    } catch (error) {
      tell({ type: "failed", message: error instanceof Error ? error.message : "The request failed" });
    } finally {
      this.#running--;
    }
  }

  answerWebSocket(request: Ask & { type: "websocket" }, port: AnswerPort): void {
    const tell = (answer: SocketAnswer) => port.postMessage(answer);
    const refuse = () => tell({ type: "close", code: 1006, reason: "", clean: false });
    if (this.#running >= MAX_ASKS) return refuse();
    let socket: WebSocket;
    try {
      socket = new this.#WebSocket(request.url, [...request.protocols]);
    } catch {
      return refuse();
    }
    this.#running++;
    const { signal } = this.#page;
    const close = () => socket.close();
    signal.addEventListener("abort", close);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => tell({ type: "open", protocol: socket.protocol, extensions: socket.extensions });
    socket.onmessage = ({ data }) => tell({ type: "message", data });
    socket.onerror = () => tell({ type: "error" });
    socket.onclose = ({ code, reason, wasClean }) => {
      this.#running--;
      signal.removeEventListener("abort", close);
      tell({ type: "close", code, reason, clean: wasClean });
    };
    port.onmessage = ({ data }: MessageEvent<SocketOrder>) => obey(socket, data);
  }
}

/** Chunks that the page has asked for: one that does not read holds the program back, and not the browser's memory. */
class Wanted {
  readonly #signal: AbortSignal;
  #chunks = 0;
  #wake = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake());
  }

  add(): void {
    this.#chunks++;
    this.#wake();
  }

  /** @throws the signal's reason */
  async take(): Promise<void> {
    while (this.#chunks === 0 && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#signal.throwIfAborted();
    this.#chunks--;
  }
}

/** A page may order what a WebSocket does not do. */
function obey(socket: WebSocket, order: SocketOrder): void {
  try {
    if (order.type === "send") socket.send(order.data);
    else socket.close(order.code, order.reason);
  } catch {
    socket.close();
  }
}
