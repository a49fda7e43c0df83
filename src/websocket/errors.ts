/**
 * What a peer can do wrong, by stable code: the close code that answers it (RFC 6455 section 7.4.1) and the text.
 * Texts never hold a byte of the peer's.
 */
const FAULTS = {
  ReservedBits: [1002, "a reserved bit is set that no negotiated extension gives a meaning"],
  InvalidOpcode: [1002, "the opcode is a reserved one"],
  MissingMask: [1002, "a frame from a client must be masked"],
  UnexpectedMask: [1002, "a frame from a server must not be masked"],
  FragmentedControlFrame: [1002, "a control frame must not be fragmented"],
  ControlFrameTooLong: [1002, "the payload of a control frame is longer than 125 bytes"],
  InvalidLength: [1002, "a payload length must be below 2^63 and use as few bytes as it can"],
  UnexpectedContinuation: [1002, "a continuation frame came while no message was open"],
  ExpectedContinuation: [1002, "a message began inside another one"],
  InvalidClosePayload: [1002, "the payload of a close frame is 1 byte long, wanted none or at least 2"],
  InvalidCloseCode: [1002, "the close code is one that must not be sent"],
  InvalidUtf8: [1007, "text is not UTF-8"],
  InvalidCompressedData: [1007, "the payload of a compressed message is not DEFLATE"],
  FrameTooLarge: [1009, "a frame is longer than the limit"],
  MessageTooLarge: [1009, "a message is longer than the limit"],
} as const satisfies Record<string, readonly [number, string]>;

export type WebSocketFault = keyof typeof FAULTS;

/**
 * The peer broke RFC 6455, RFC 7692 or a limit: the connection fails with `closeCode`.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, acceptWebSocket, createWebSocket, VirtualNetwork, WebSocketProtocolError } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, async (request) => {
 *   const socket = await acceptWebSocket(request, { maxMessageBytes: 5 });
 *   socket.addEventListener("error", ({ error }) => {
 *     if (!(error instanceof WebSocketProtocolError)) throw error;
 *     console.log(error.code, error.closeCode); // MessageTooLarge 1009
 *   });
 * });
 * const socket = new (createWebSocket(network))("ws://localhost:8080/");
 * socket.onopen = () => socket.send("Hello World");
 * ```
 */
export class WebSocketProtocolError extends Error {
  override readonly name: string = "WebSocketProtocolError";
  /** Stable name of the fault. */
  readonly code: WebSocketFault;
  /** What the close frame says: 1002 protocol error, 1007 invalid payload, 1009 too big. */
  readonly closeCode: number;

  constructor(code: WebSocketFault, options?: ErrorOptions) {
    super(`${code}: ${FAULTS[code][1]}`, options);
    this.code = code;
    this.closeCode = FAULTS[code][0];
  }
}

/**
 * The opening handshake failed. On the server the answer (`status`) has been sent by then; on a client it is
 * the cause that the `error` event carries.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, acceptWebSocket, createFetch, WebSocketHandshakeError } from "portico";
 *
 * const server = new AsyncHttpServer({
 *   onError(error) {
 *     console.log(error instanceof WebSocketHandshakeError && error.status); // 426
 *   },
 * });
 * void server.serve(8080, async (request) => void (await acceptWebSocket(request)));
 * const response = await createFetch()("http://localhost:8080/"); // asks for no WebSocket
 * response.status; // 426
 * await server.close();
 * ```
 */
export class WebSocketHandshakeError extends Error {
  override readonly name: string = "WebSocketHandshakeError";
  readonly code = "WebSocketHandshakeFailed";
  /** The status that the server answered with; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
