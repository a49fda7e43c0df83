/**
 * What is said over a MessagePort, version 1. A message is an `ArrayBuffer` (bytes, transferred) or an array
 * whose first element names it. Both sides say `hello` first, without waiting for the other's.
 *
 * | message | on | |
 * |---|---|---|
 * | `ArrayBuffer` | socket | the next bytes, at least one |
 * | `["hello", channel, version, address?]` | both | channel `"socket"` or `"link"`; the address of who accepted |
 * | `["credit", bytes]` | socket | so many bytes more may be sent: the consumer took them |
 * | `["end"]` | socket | half-close |
 * | `["reset", code]` | both | the channel is over, with a code of Node's |
 * | `["ping"]`, `["pong"]` | both | is anybody there; yes |
 * | `["lock", name]` | both | I hold this Web Lock for as long as I live |
 * | `["connect", host, port, from, messagePort]` | link | a connection, whose socket speaks over the port |
 *
 * Whatever else comes resets the channel with `EPROTO`; nothing that the other side sends throws here.
 */
export const VERSION = 1;

/** Bytes that a side may send before the first credit, and the most that are ever under way. */
export const WINDOW = 262_144;
/** A side gives credit when its consumer took so many bytes: a quarter of the window. */
export const CREDIT_STEP = 65_536;

export type Channel = "socket" | "link";

export type Message =
  | { readonly type: "bytes"; readonly buffer: ArrayBuffer }
  | {
      readonly type: "hello";
      readonly channel: string;
      readonly version: number;
      readonly address: string | undefined;
    }
  | { readonly type: "credit"; readonly bytes: number }
  | { readonly type: "reset"; readonly code: string }
  | { readonly type: "lock"; readonly name: string }
  | { readonly type: "end" | "ping" | "pong" }
  | {
      readonly type: "connect";
      readonly host: string;
      readonly port: number;
      readonly from: number;
      readonly socket: PortLike;
    };

/** What of a `MessagePort` is used, so that Node's of `node:worker_threads` fits as well as the platform's. */
export interface PortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[] & PortLike[]): void;
  addEventListener(type: "message" | "messageerror" | "close", listener: (event: unknown) => void): void;
  removeEventListener(type: "message" | "messageerror" | "close", listener: (event: unknown) => void): void;
  start(): void;
  close(): void;
}

/** Begins the name of every lock that tells of a side of a port: others are not this protocol's to ask for. */
export const LOCK_PREFIX = "portico port ";

/** What was said, `undefined` where it makes no sense. */
export function parse(data: unknown): Message | undefined {
  if (isBuffer(data)) return data.byteLength > 0 ? { type: "bytes", buffer: data } : undefined;
  if (!Array.isArray(data)) return undefined;
  // Word by word: an array of holes that says to be four billion words long costs nothing to send.
  const [type, first, second, third, fourth]: unknown[] = data;
  switch (type) {
    case "hello":
      return hello(first, second, third);
    case "credit":
      return isCount(first) ? { type, bytes: first } : undefined;
    case "reset":
      return {
        type,
        code: typeof first === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(first) ? first : "ECONNRESET",
      };
    case "lock":
      return typeof first === "string" && first.startsWith(LOCK_PREFIX) ? { type, name: first } : undefined;
    case "end":
    case "ping":
    case "pong":
      return { type };
    case "connect":
      return connect(first, second, third, fourth);
    default:
      return undefined;
  }
}

function hello(channel: unknown, version: unknown, address: unknown): Message | undefined {
  if (typeof channel !== "string" || !isCount(version)) return undefined;
  return { type: "hello", channel, version, address: typeof address === "string" ? address : undefined };
}

function connect(host: unknown, port: unknown, from: unknown, socket: unknown): Message | undefined {
  if (typeof host !== "string" || !isCount(port) || !isCount(from) || !isPort(socket)) return undefined;
  return { type: "connect", host, port, from, socket };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** Not `instanceof`: the buffer may be of another realm. */
function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

/** Not `instanceof`, as it may be Node's; what was cloned has no methods, a port has. */
function isPort(value: unknown): value is PortLike {
  const { postMessage, start } = (value ?? {}) as Partial<PortLike>;
  return typeof postMessage === "function" && typeof start === "function";
}
