export type { ConnectionSocket } from "./connection-socket.ts";
export { NodeHttpError, type NodeHttpErrorCode } from "./errors.ts";
export type { IncomingHeaders } from "./incoming-headers.ts";
export { IncomingMessage } from "./incoming-message.ts";
export type { ListenArguments, ListenOptions } from "./listen.ts";
export {
  type HeadersArgument,
  type HeaderValue,
  validateHeaderName,
  validateHeaderValue,
} from "./outgoing-headers.ts";
export {
  type AnyListener,
  maxHeaderSize,
  type RequestListener,
  type ServerOptions,
} from "./server-options.ts";
export { ServerResponse, ServerResponse as OutgoingMessage } from "./server-response.ts";
export { Agent, ClientRequest, get, globalAgent, request, setMaxIdleHTTPParsers } from "./stubs.ts";
export { METHODS, STATUS_CODES } from "./tables.ts";
