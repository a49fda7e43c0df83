import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import type { HttpRequest } from "../server/types.ts";
import { GOING_AWAY } from "./close-codes.ts";
import { WebSocketConnection } from "./connection.ts";
import {
  acceptDeflate,
  checkDeflateOptions,
  type DeflateAgreement,
  type PerMessageDeflateOptions,
} from "./deflate-negotiation.ts";
import { WebSocketHandshakeError } from "./errors.ts";
import { isToken, parseExtensions } from "./extension-header.ts";
import { acceptKey, hasToken, isKey } from "./handshake.ts";
import { loadCodec } from "./load-codec.ts";
import { checkLimits, type WebSocketLimits } from "./options.ts";

/** Options of `acceptWebSocket`. */
export interface WebSocketOptions extends WebSocketLimits {
  /**
   * The subprotocols that are spoken here, of which the client's first choice is taken; or a function that
   * chooses among the offered ones. Default none. A browser fails a connection that gets none of its offers.
   */
  readonly protocols?:
    | readonly string[]
    | ((offered: readonly string[], request: HttpRequest) => string | undefined);
  /**
   * Whether a page of this origin may connect (RFC 6455 section 10.2); `null` where there is no `Origin`, as
   * from clients that are no browsers. No answers 403. Default: everybody may. Check it wherever a cookie
   * says who the user is, since browsers send cookies along from any site's page.
   */
  readonly origin?: (origin: string | null, request: HttpRequest) => boolean | Promise<boolean>;
  /** Compression (RFC 7692): `true` for the defaults. Default `false`, as it costs memory and time. */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /** More headers for the 101 response. Default: none. */
  readonly headers?: HeadersInput;
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Record<string, string>;
}

const VERSION = "13";

/**
 * Answers a WebSocket handshake (RFC 6455 section 4.2) and gives the connection.
 *
 * A request that is no valid handshake is answered here, with 405, 426, 400 or 403, and then rejects. When the
 * server closes, the connection is closed with 1001 (RFC 6455 section 7.4.1), and cut when `graceMs` is over.
 * @throws WebSocketHandshakeError with the `status` that was sent
 * @throws RangeError for an option out of range, and then nothing was sent
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, acceptWebSocket, createWebSocket, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, async (request) => {
 *   const socket = await acceptWebSocket(request, { protocols: ["chat"], pingIntervalMs: 30_000 });
 *   socket.addEventListener("message", (event) => socket.send(event.data));
 * });
 * const socket = new (createWebSocket(network))("ws://localhost:8080/", "chat");
 * socket.onopen = () => socket.send("Hello");
 * socket.onmessage = (event) => {
 *   console.log(socket.protocol, event.data); // chat Hello
 *   socket.close();
 * };
 * ```
 */
export async function acceptWebSocket(
  request: HttpRequest,
  options: WebSocketOptions = {},
): Promise<WebSocketConnection> {
  checkLimits(options);
  const deflate = deflateOptions(options);
  const origin = request.headers.get("origin");
  const refusal =
    checkHandshake(request) ??
    (options.origin !== undefined && !(await options.origin(origin, request)) ? FORBIDDEN : undefined);
  if (refusal !== undefined) {
    await request.respond(refusal.status, refusal.message, {
      "Content-Type": "text/plain; charset=utf-8",
      ...refusal.headers,
    });
    throw new WebSocketHandshakeError(refusal.message, refusal.status);
  }
  const { headers } = request;
  const protocol = chooseProtocol(listOf(headers, "sec-websocket-protocol"), request, options);
  const agreement =
    deflate && acceptDeflate(parseExtensions(headers.get("sec-websocket-extensions") ?? "") ?? [], deflate);
  const codec = agreement && (await loadCodec("server", agreement, deflate));
  const socket = await request.upgrade("websocket", responseHeaders(request, options, protocol, agreement));
  const connection = new WebSocketConnection(socket, {
    ...options,
    role: "server",
    url: webSocketUrl(request),
    protocol: protocol ?? "",
    extensions: agreement?.header ?? "",
    codec,
    deflateFromBytes: deflate?.thresholdBytes ?? 1024,
  });
  socket.onShutDown = () => connection.close(GOING_AWAY);
  return connection;
}

const FORBIDDEN: Refusal = { status: 403, message: "pages of this origin may not connect" };

/** RFC 6455 section 4.2.1, in its order. */
function checkHandshake(request: HttpRequest): Refusal | undefined {
  const { headers, protocol } = request;
  if (request.method !== "GET") return { status: 405, message: "wanted GET", headers: { Allow: "GET" } };
  if (protocol.major !== 1 || protocol.minor < 1) return bad("wanted HTTP/1.1");
  if (!hasToken(headers.get("upgrade"), "websocket"))
    return upgradeRequired("wanted an upgrade to websocket");
  if (!hasToken(headers.get("connection"), "upgrade")) return bad("wanted Connection: Upgrade");
  if (request.body !== null) return bad("a handshake has no body");
  if (headers.get("sec-websocket-version") !== VERSION) return upgradeRequired(`wanted version ${VERSION}`);
  if (!isKey(headers.get("sec-websocket-key") ?? ""))
    return bad("Sec-WebSocket-Key is not the base64 of 16 bytes");
  const protocols = listOf(headers, "sec-websocket-protocol");
  if (!protocols.every(isToken) || new Set(protocols).size !== protocols.length) {
    return bad("Sec-WebSocket-Protocol is not a list of different tokens");
  }
  const extensions = headers.get("sec-websocket-extensions");
  if (extensions !== null && parseExtensions(extensions) === undefined) {
    return bad("Sec-WebSocket-Extensions is malformed");
  }
  return undefined;
}

const bad = (message: string): Refusal => ({ status: 400, message });

/** Section 4.4: says which version is spoken here. */
const upgradeRequired = (message: string): Refusal => ({
  status: 426,
  message,
  headers: { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": VERSION },
});

/** The elements of a list header, empty ones included: only `""` for the whole is no list. */
function listOf(headers: HttpHeaders, name: string): string[] {
  const value = headers.get(name);
  return value === null ? [] : value.split(",").map((element) => element.trim());
}

/** @throws TypeError where a function chose what nobody offered */
function chooseProtocol(
  offered: readonly string[],
  request: HttpRequest,
  { protocols = [] }: WebSocketOptions,
): string | undefined {
  if (typeof protocols !== "function") return offered.find((protocol) => protocols.includes(protocol));
  const chosen = protocols(offered, request);
  if (chosen !== undefined && !offered.includes(chosen)) {
    throw new TypeError("protocols() chose a subprotocol that the client did not offer");
  }
  return chosen;
}

function deflateOptions({ perMessageDeflate }: WebSocketOptions): PerMessageDeflateOptions | undefined {
  if (perMessageDeflate === undefined || perMessageDeflate === false) return undefined;
  const options = perMessageDeflate === true ? {} : perMessageDeflate;
  checkDeflateOptions(options);
  return options;
}

function responseHeaders(
  request: HttpRequest,
  options: WebSocketOptions,
  protocol: string | undefined,
  agreement: DeflateAgreement | undefined,
): HeadersInput {
  const headers = new HttpHeaders(options.headers);
  headers.set("Sec-WebSocket-Accept", acceptKey(request.headers.get("sec-websocket-key") ?? ""));
  if (protocol !== undefined) headers.set("Sec-WebSocket-Protocol", protocol);
  if (agreement !== undefined) headers.set("Sec-WebSocket-Extensions", agreement.header);
  return headers;
}

function webSocketUrl(request: HttpRequest): string {
  return request.url.href.replace(/^http/, "ws");
}
