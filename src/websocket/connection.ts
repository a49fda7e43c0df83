import { soon } from "../socket/clock.ts";
import type { Socket } from "../socket/index.ts";
import { toBinaryType, type WebSocketBinaryType } from "./binary-type.ts";
import { ABNORMAL, isWireCloseCode } from "./close-codes.ts";
import { Consumers } from "./consumers.ts";
import { closeEvent, errorEvent, type WebSocketEvents } from "./events.ts";
import { controlPayload } from "./frame-writer.ts";
import { CLOSED, CLOSING, CONNECTING, HandlerTarget, OPEN } from "./handler-target.ts";
import type { WebSocketData } from "./iteration.ts";
import { type CloseReport, WebSocketLink } from "./link.ts";
import { PING, PONG } from "./opcodes.ts";
import { linkOptions, type WebSocketConnectionOptions } from "./options.ts";
import { Outbox, type Sendable } from "./outbox.ts";

/**
 * One end of a WebSocket connection (RFC 6455) over any `Socket`, with the platform's `WebSocket` interface: an
 * `EventTarget` with `open`, `message`, `error` and `close` events, and beside it an async iterable of messages.
 *
 * Until something listens to `message` or iterates, messages are kept (64 KB, then the peer has to wait).
 * `error` events carry the cause in `error`: a `WebSocketProtocolError` where the peer broke the protocol.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, acceptWebSocket, createWebSocket, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, async (request) => {
 *   const socket = await acceptWebSocket(request);
 *   for await (const message of socket) socket.send(message);
 * });
 * const socket = new (createWebSocket(network))("ws://localhost:8080/");
 * socket.onopen = () => socket.send("echo");
 * socket.onmessage = (event) => {
 *   console.log(event.data); // echo
 *   socket.close();
 * };
 * ```
 */
export class WebSocketConnection extends HandlerTarget implements AsyncIterable<WebSocketData> {
  readonly #consumers: Consumers;
  readonly #outbox: Outbox;
  readonly #closed: Promise<CloseReport>;
  #settleClosed: (report: CloseReport) => void = () => {};
  #link: WebSocketLink | undefined;
  #options: WebSocketConnectionOptions | undefined;
  #readyState: number = CONNECTING;
  #openFired = false;
  #binaryType: WebSocketBinaryType = "arraybuffer";
  #drained: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  /**
   * @param socket a connection whose opening handshake is over, which the connection opens and owns from now on.
   * Without one it stays `CONNECTING` until a subclass calls `establish`.
   */
  constructor(socket?: Socket, options: WebSocketConnectionOptions = { role: "server" }) {
    super();
    this.#closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.#consumers = new Consumers({
      dispatch: (data) => this.#dispatch(data),
      pause: () => this.#link?.pause(),
      resume: () => this.#link?.resume(),
      hold: socket !== undefined,
    });
    this.#outbox = new Outbox({
      text: (message) => this.#link?.text(message),
      binary: (message) => this.#link?.binary(message),
      close: (code, reason) => this.#link?.close(code, reason),
      fail: (error) => this.#link?.destroy(error instanceof Error ? error : undefined),
    });
    if (socket !== undefined) this.establish(socket, options);
  }

  /** The URL as the client resolved it, or as the request's was on the server. */
  get url(): string {
    return this.#options?.url ?? "";
  }
  /** The subprotocol that was agreed on, `""` for none. */
  get protocol(): string {
    return this.#options?.protocol ?? "";
  }
  /** The extensions that were agreed on, as in the response's header. */
  get extensions(): string {
    return this.#options?.extensions ?? "";
  }
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  get readyState(): number {
    return this.#readyState;
  }
  /**
   * Bytes of messages that were sent while the socket could not take more, and what waits for the end of this
   * turn. Never falls after the connection closed, as on the platform.
   */
  get bufferedAmount(): number {
    return (this.#link?.bufferedAmount ?? 0) + this.#outbox.pending;
  }
  /**
   * What binary messages are: `"arraybuffer"` (default on the server), `"blob"` (default of a client), or, beyond
   * the platform's, `"uint8array"`: a view of what came from the network, which saves the copy.
   */
  get binaryType(): WebSocketBinaryType {
    return this.#binaryType;
  }
  set binaryType(type: WebSocketBinaryType) {
    if (type === "arraybuffer" || type === "blob" || type === "uint8array") this.#binaryType = type;
  }

  /** Settles when the connection has closed; it never rejects. */
  get closed(): Promise<CloseReport> {
    return this.#closed;
  }

  /**
   * Sends a message: text for a string, binary for everything else. Nothing is sent once the connection closes.
   * @throws DOMException `InvalidStateError` while connecting; TypeError without a message
   */
  send(data: Sendable): void {
    // biome-ignore lint/complexity/noArguments: Web IDL tells none from undefined, which is text
    if (arguments.length === 0) throw new TypeError("wanted a message");
    if (this.#readyState === CONNECTING) {
      throw new DOMException("the connection is not open yet", "InvalidStateError");
    }
    this.#outbox.send(data, this.#readyState === OPEN);
  }

  /**
   * Starts the closing handshake; messages that were sent go out first.
   * @param code on a client 1000 or 3000 to 4999, on a server any that may be sent. Default: none is sent.
   * @param reason at most 123 bytes of UTF-8.
   * @throws DOMException `InvalidAccessError` for a code, `SyntaxError` for a reason that can't be sent.
   */
  close(code?: number, reason?: string): void {
    const status = code ?? (reason === undefined ? undefined : 1000);
    const bytes = new TextEncoder().encode(reason ?? "");
    if (status !== undefined && !this.#mayClose(status)) {
      throw new DOMException(
        `the close code is ${status}, wanted 1000 or 3000 to 4999`,
        "InvalidAccessError",
      );
    }
    if (bytes.length > 123) {
      throw new DOMException(`the reason is ${bytes.length} bytes, wanted at most 123`, "SyntaxError");
    }
    if (this.#readyState >= CLOSING) return;
    const wasConnecting = this.#readyState === CONNECTING;
    this.#readyState = CLOSING;
    if (wasConnecting) this.abandon();
    else this.#outbox.close(status, bytes);
  }

  /** Drops the connection without a handshake: this side reports 1006, the peer sees a reset. */
  terminate(): void {
    if (this.#readyState === CONNECTING) this.close();
    else this.#link?.destroy();
  }

  /**
   * Sends a ping; the peer's answer is a `pong` event whose `data` is the same bytes.
   * @param data at most 125 bytes. Default none.
   * @throws RangeError for longer data.
   */
  ping(data: Uint8Array | string = ""): void {
    this.#link?.control(PING, controlPayload(data));
  }

  /** Sends a pong that nobody asked for (RFC 6455 section 5.5.3); asked ones are sent by themselves. */
  pong(data: Uint8Array | string = ""): void {
    this.#link?.control(PONG, controlPayload(data));
  }

  /**
   * Resolves when the socket can take more: await it between sends, so that a slow peer slows the sender.
   * @throws DOMException `InvalidStateError` where the connection is not open, or closes meanwhile.
   */
  drained(): Promise<void> {
    if (this.#readyState !== OPEN) return Promise.reject(notOpen());
    if (!this.#link?.congested) return Promise.resolve();
    return new Promise((resolve, reject) => this.#drained.push({ resolve, reject }));
  }

  /** The messages from now on; leaving the loop does not close the connection. Ends when it has closed. */
  [Symbol.asyncIterator](): AsyncIterableIterator<WebSocketData> {
    return this.#consumers.iterate();
  }

  override addEventListener<Type extends keyof WebSocketEvents>(
    type: Type,
    listener: ((event: WebSocketEvents[Type]) => unknown) | null,
    options?: Listening[2],
  ): void;
  override addEventListener(type: string, listener: Listening[1] | null, options?: Listening[2]): void;
  override addEventListener(type: string, listener: Listening[1] | null, options?: Listening[2]): void {
    super.addEventListener(type, listener, options);
    if (listener === null) return;
    if (type === "message") this.#consumers.listen();
    // A connection that was born open tells the first who asks.
    else if (type === "open" && this.#readyState === OPEN) soon(() => this.fireOpen());
  }

  /** The opening handshake is over: opens the socket, and messages flow. */
  protected establish(socket: Socket, options: WebSocketConnectionOptions): void {
    const link = new WebSocketLink(socket, linkOptions(options), {
      onMessage: (data) => this.#onMessage(data),
      onPing: (data) => this.dispatchEvent(new MessageEvent("ping", { data: data.buffer })),
      onPong: (data) => this.dispatchEvent(new MessageEvent("pong", { data: data.buffer })),
      onDrain: () => {
        for (const { resolve } of this.#drained.splice(0)) resolve();
      },
      onClosing: () => {
        this.#readyState = CLOSING;
      },
      onFault: (error) => this.dispatchEvent(errorEvent(error)),
      onClose: (report) => this.#onClose(report),
    });
    this.#link = link;
    this.#options = options;
    this.#readyState = OPEN;
    link.start();
  }

  /** The opening handshake failed, or was given up. */
  protected refuse(error: unknown): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.dispatchEvent(errorEvent(error));
    this.#onClose({ code: ABNORMAL, reason: "", wasClean: false });
  }

  /** What `close` does before there is a connection. */
  protected abandon(): void {}

  /** Tells that the connection is open, once. */
  protected fireOpen(): void {
    if (this.#openFired) return;
    this.#openFired = true;
    this.dispatchEvent(new Event("open"));
  }

  #onMessage(data: string | Uint8Array): void {
    this.#consumers.deliver(typeof data === "string" ? data : toBinaryType(data, this.#binaryType));
  }

  #dispatch(data: WebSocketData): void {
    if (!this.#openFired) this.fireOpen();
    this.dispatchEvent(new MessageEvent("message", { data, origin: this.#options?.messageOrigin ?? "" }));
  }

  #onClose(report: CloseReport): void {
    this.#readyState = CLOSED;
    this.#consumers.end();
    for (const { reject } of this.#drained.splice(0)) reject(notOpen());
    this.dispatchEvent(closeEvent(report));
    this.#settleClosed(report);
  }

  #mayClose(code: number): boolean {
    if (this.#options?.role === "server") return isWireCloseCode(code);
    return code === 1000 || (code >= 3000 && code <= 4999);
  }
}

/** What `addEventListener` takes, whichever library declares it. */
type Listening = Parameters<EventTarget["addEventListener"]>;

const notOpen = () => new DOMException("the connection is not open", "InvalidStateError");
