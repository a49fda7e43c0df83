import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import { type Network, type Socket, systemClock } from "../socket/index.ts";
import { connectable } from "../socket/network.ts";
import { atLeast } from "../socket/numbers.ts";
import { authorityOf, parseProtocols, parseWebSocketUrl } from "./client-url.ts";
import { WebSocketConnection } from "./connection.ts";
import {
  checkDeflateOptions,
  offerDeflate,
  type PerMessageDeflateOptions,
  readDeflateResponse,
} from "./deflate-negotiation.ts";
import { WebSocketHandshakeError } from "./errors.ts";
import { randomKey } from "./handshake.ts";
import { loadCodec } from "./load-codec.ts";
import { openHandshake } from "./opening.ts";
import { checkLimits, type WebSocketLimits } from "./options.ts";

/** Options of `createWebSocket`. */
export interface CreateWebSocketOptions extends WebSocketLimits {
  /** More headers for the handshake, such as `Cookie`; a function is asked for each connection. Default: none. */
  readonly headers?: HeadersInput | ((url: URL) => HeadersInput);
  /** What is offered of RFC 7692: default `true`, as browsers do; `false` offers nothing. */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /** Makes the connection of a `wss:` URL. Default: such connections fail. */
  readonly connectSecure?: Network["connect"];
  /** Milliseconds until a handshake that nobody answers fails. Default 30_000; 0 is for ever. */
  readonly handshakeTimeoutMs?: number;
}

/**
 * Makes a class that is `WebSocket` to a page's code and talks over `network`: same constructor, constants,
 * events and errors, with real handshakes and frames on the wire.
 *
 * Beyond the platform's it has what `WebSocketConnection` has: iteration, `ping`, `drained`, `closed`.
 * @throws RangeError for an option out of range, TypeError for what is no network
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, acceptWebSocket, createWebSocket, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, async (request) => {
 *   (await acceptWebSocket(request)).send("welcome");
 * });
 * const WebSocket = createWebSocket(network);
 * const socket = new WebSocket("ws://localhost:8080/chat");
 * socket.onmessage = (event) => {
 *   console.log(event.data); // welcome
 *   socket.close();
 * };
 * ```
 */
export function createWebSocket(network: Network, options: CreateWebSocketOptions = {}): typeof WebSocket {
  const { perMessageDeflate = true, handshakeTimeoutMs = 0 } = options;
  checkLimits(options);
  atLeast("handshakeTimeoutMs", handshakeTimeoutMs, 0, RangeError);
  const deflate = perMessageDeflate === true ? {} : perMessageDeflate || undefined;
  if (deflate !== undefined) checkDeflateOptions(deflate);
  const settings: ClientSettings = { ...options, network: connectable(network), deflate };

  class PorticoWebSocket extends ClientWebSocket {
    constructor(url: string | URL, protocols: string | readonly string[] = []) {
      // biome-ignore lint/complexity/noArguments: Web IDL tells none from undefined, and `length` is 1
      if (arguments.length === 0) throw new TypeError("wanted a URL");
      super(settings, url, protocols);
    }
  }
  Object.defineProperty(PorticoWebSocket, "name", { value: "WebSocket" });
  // The platform's type has overloads of addEventListener that only its own classes can declare.
  return PorticoWebSocket as unknown as typeof WebSocket;
}

interface ClientSettings extends Omit<CreateWebSocketOptions, "perMessageDeflate"> {
  readonly network: Network;
  readonly deflate: PerMessageDeflateOptions | undefined;
}

class ClientWebSocket extends WebSocketConnection {
  readonly #settings: ClientSettings;
  readonly #url: URL;
  readonly #offered: readonly string[];
  readonly #given = new AbortController();

  constructor(settings: ClientSettings, url: string | URL, protocols: string | readonly string[]) {
    super();
    this.#settings = settings;
    this.#url = parseWebSocketUrl(url);
    this.#offered = parseProtocols(protocols);
    this.binaryType = "blob";
    void this.#open();
  }

  override get url(): string {
    return this.#url.href;
  }

  get [Symbol.toStringTag](): string {
    return "WebSocket";
  }

  protected override abandon(): void {
    this.#given.abort(new WebSocketHandshakeError("closed before the connection was open"));
  }

  async #open(): Promise<void> {
    const { clock = systemClock, handshakeTimeoutMs = 30_000 } = this.#settings;
    const timer =
      handshakeTimeoutMs > 0
        ? clock.setTimeout(() => {
            this.#given.abort(new WebSocketHandshakeError(`no answer within ${handshakeTimeoutMs} ms`));
          }, handshakeTimeoutMs)
        : undefined;
    try {
      await this.#handshake();
    } catch (error) {
      this.refuse(error);
    } finally {
      clock.clearTimeout(timer);
    }
  }

  async #handshake(): Promise<void> {
    const { signal } = this.#given;
    const socket = await this.#connect(signal);
    const key = randomKey();
    const opened = await openHandshake(socket, this.#request(key), key, signal);
    try {
      await this.#establish(opened.socket, opened.head.headers);
    } catch (error) {
      opened.socket.destroy();
      throw error;
    }
  }

  #connect(signal: AbortSignal): Promise<Socket> {
    const { network, connectSecure } = this.#settings;
    const spec = { ...authorityOf(this.#url), signal };
    if (this.#url.protocol === "ws:") return network.connect(spec);
    if (connectSecure !== undefined) return connectSecure(spec);
    return Promise.reject(new WebSocketHandshakeError("wss: needs a network with TLS, see connectSecure"));
  }

  /** RFC 6455 section 4.1. */
  #request(key: string): string {
    const { headers: extra, deflate } = this.#settings;
    const headers = new HttpHeaders({ Host: this.#url.host });
    const origin = globalThis.location?.origin;
    if (origin !== undefined) headers.set("Origin", origin);
    if (extra !== undefined) {
      const given = new HttpHeaders(typeof extra === "function" ? extra(this.#url) : extra);
      for (const [name] of given.lines()) headers.delete(name);
      for (const [name, value] of given.lines()) headers.append(name, value);
    }
    headers.set("Connection", "Upgrade");
    headers.set("Upgrade", "websocket");
    headers.set("Sec-WebSocket-Version", "13");
    headers.set("Sec-WebSocket-Key", key);
    if (this.#offered.length > 0) headers.set("Sec-WebSocket-Protocol", this.#offered.join(", "));
    if (deflate !== undefined) headers.set("Sec-WebSocket-Extensions", offerDeflate(deflate));
    const lines = Array.from(headers.lines(), ([name, value]) => `${name}: ${value}\r\n`).join("");
    return `GET ${this.#url.pathname}${this.#url.search} HTTP/1.1\r\n${lines}\r\n`;
  }

  async #establish(socket: Socket, headers: HttpHeaders): Promise<void> {
    const { deflate } = this.#settings;
    const protocol = headers.get("sec-websocket-protocol");
    if (protocol === null ? this.#offered.length > 0 : !this.#offered.includes(protocol)) {
      throw new WebSocketHandshakeError("the server chose no subprotocol that was offered", 101);
    }
    const agreement = readDeflateResponse(headers.get("sec-websocket-extensions"), deflate);
    if (agreement === undefined) {
      throw new WebSocketHandshakeError("the server chose an extension that was not offered", 101);
    }
    const codec = agreement === null ? undefined : await loadCodec("client", agreement, deflate);
    this.#given.signal.throwIfAborted();
    this.establish(socket, {
      ...this.#settings,
      role: "client",
      messageOrigin: this.#url.origin,
      protocol: protocol ?? "",
      extensions: agreement?.header ?? "",
      codec,
      deflateFromBytes: deflate?.thresholdBytes ?? 1024,
    });
    this.fireOpen();
  }
}
