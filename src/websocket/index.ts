/**
 * WebSocket (RFC 6455) with permessage-deflate (RFC 7692), over any `Socket`.
 *
 * A byte's way in: `link` (socket, closing handshake) - `message-reader` (`frame-header`, `masking`,
 * `message-parts` with `utf8`, `deflate`) - `connection` (events) with `consumers` and `iteration`. Its way out:
 * `connection` - `outbox` - `link` - `transmitter` - `frame-writer` - `output` - the socket. `accept` and
 * `client` (`opening`) do the handshake on either side.
 */
export { acceptWebSocket, type WebSocketOptions } from "./accept.ts";
export type { WebSocketBinaryType } from "./binary-type.ts";
export { type CreateWebSocketOptions, createWebSocket } from "./client.ts";
export { WebSocketConnection } from "./connection.ts";
export type { PerMessageDeflateOptions } from "./deflate-negotiation.ts";
export { type WebSocketFault, WebSocketHandshakeError, WebSocketProtocolError } from "./errors.ts";
export type { WebSocketCloseEvent, WebSocketErrorEvent, WebSocketEvents } from "./events.ts";
export type { WebSocketData } from "./iteration.ts";
export type { CloseReport } from "./link.ts";
export type { WebSocketConnectionOptions, WebSocketLimits } from "./options.ts";
