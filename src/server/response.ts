import type { HeadersInput } from "../http1/headers.ts";
import type { OutgoingFraming } from "../http1/response-writer.ts";
import { shown } from "../socket/numbers.ts";
import { UsageError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { piecesOf } from "./incoming-body.ts";
import { OutgoingBody, quiet, RESOLVED, SLICE_BYTES } from "./outgoing-body.ts";
import { bytesIfLong, textLength } from "./text.ts";
import type { BodyContent } from "./types.ts";

/** The size of a body that is not known before its end. */
const UNKNOWN = -1;

/**
 * Sends one whole response. What it does with the content follows RFC 9110 section 6.4.1 and RFC 9112 section
 * 6: HEAD, 204 and 304 get the head alone.
 * @throws UsageError, InvalidHeader: nothing was sent, another answer can be
 */
export function sendResponse(
  exchange: Exchange,
  code: number,
  content: BodyContent | undefined,
  headers: HeadersInput | undefined,
): Promise<void> {
  begin(exchange, code, headers);
  if (typeof content === "string") return sendWhole(exchange, code, bytesIfLong(content) ?? content);
  // To HEAD nothing is said of the length where nothing is known of it (RFC 9110 section 8.6).
  if (content === null || content === undefined)
    return sendWhole(exchange, code, "", exchange.method === "HEAD" ? UNKNOWN : 0);
  if (content instanceof ArrayBuffer) content = new Uint8Array(content);
  if (content instanceof Uint8Array) {
    if (content.length <= SLICE_BYTES) return sendWhole(exchange, code, content);
    return sendStream(exchange, code, content.length, [content]);
  }
  if (content instanceof Blob) {
    if (content.type !== "") exchange.connection.host.head.addContentType(content.type);
    return sendStream(exchange, code, content.size, content.stream());
  }
  if (!(content instanceof ReadableStream || Symbol.asyncIterator in Object(content)))
    throw new UsageError("InvalidBody", `wanted a stream, a string or bytes, got ${typeof content}`);
  return sendStream(exchange, code, UNKNOWN, content);
}

/** Sends the head of a response whose body the caller writes. */
export function startResponse(
  exchange: Exchange,
  code: number,
  headers: HeadersInput | undefined,
): OutgoingBody {
  begin(exchange, code, headers);
  return startBody(exchange, code, UNKNOWN);
}

/** @throws UsageError `InvalidStatus`: 1xx are `upgrade`'s and the server's own */
function begin(exchange: Exchange, code: number, headers: HeadersInput | undefined): void {
  if (!Number.isInteger(code) || code < 200 || code > 599) {
    throw new UsageError("InvalidStatus", `status must be 200 to 599, got ${shown(code)}`);
  }
  exchange.connection.host.head.begin(code, headers, exchange.reason);
}

function sendWhole(
  exchange: Exchange,
  code: number,
  content: string | Uint8Array,
  size = typeof content === "string" ? textLength(content) : content.length,
): Promise<void> {
  const bodied = hasBody(exchange, code);
  const isText = typeof content === "string";
  const head = endHead(exchange, framing(exchange, code, size, bodied), bodied && isText ? content : "");
  const whole = !bodied || (isText && typeof head === "string");
  exchange.responseEnded(head, whole ? undefined : content, size <= content.length);
  return RESOLVED;
}

function startBody(exchange: Exchange, code: number, size: number): OutgoingBody {
  const bodied = hasBody(exchange, code);
  const framed = framing(exchange, code, size, bodied);
  exchange.write(endHead(exchange, framed));
  return new OutgoingBody(exchange, bodied ? framed : "none");
}

type Content =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

/** Pumps a source into a body. That nobody waits for the promise does not end the process. */
function sendStream(exchange: Exchange, code: number, size: number, content: Content): Promise<void> {
  const chunks = chunksOf(content); // before the head leaves, as a stream may be somebody else's
  if (size === UNKNOWN) exchange.streamStarting();
  const body = startBody(exchange, code, size);
  // A stream's chunks are whoever's reads it; an array's are the caller's own.
  return quiet(pump(exchange, body, chunks, !Array.isArray(content)));
}

/** A source that fails cuts the connection; a connection that goes cancels the source. */
async function pump(exchange: Exchange, body: OutgoingBody, source: Chunks, given: boolean): Promise<void> {
  const cancel = async () => {
    try {
      await source.return?.();
    } catch {}
  };
  exchange.cancelSource = cancel;
  try {
    // To HEAD the source is not read at all.
    while (body.wanted) {
      const { done, value } = await source.next();
      if (done) break;
      await body.write(value, given);
    }
    if (!body.wanted) void cancel();
    await body.close();
  } catch (error) {
    void cancel();
    const short = error instanceof UsageError && error.code === "ContentLengthMismatch";
    if (exchange.closed && !short) return;
    exchange.abort(error);
    throw error;
  } finally {
    exchange.cancelSource = undefined;
  }
}

type Chunk = IteratorResult<Uint8Array | string, unknown>;

/** What an iterator and a stream's reader have in common. */
interface Chunks {
  next(): Chunk | Promise<Chunk>;
  return?(): unknown;
}

function chunksOf(content: Content): Chunks {
  if (content instanceof ReadableStream) return piecesOf(content);
  return Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]();
}

/** RFC 9110 section 6.4.1: HEAD, 204 and 304 never have content, 205 (15.3.6) and 2xx to CONNECT neither. */
function hasBody(exchange: Exchange, code: number): boolean {
  if (code === 204 || code === 205 || code === 304) return false;
  return exchange.method !== "HEAD" && !isTunnel(exchange, code);
}

function isTunnel(exchange: Exchange, code: number): boolean {
  return exchange.method === "CONNECT" && code < 300;
}

/** The framing of a body of so many octets, after holding a declared length against it. */
function framing(exchange: Exchange, code: number, size: number, bodied: boolean): OutgoingFraming {
  const { declaredLength } = exchange.connection.host.head;
  if (code === 204 || isTunnel(exchange, code)) return "none";
  if (code === 205) return 0;
  if (declaredLength >= 0) {
    if (!bodied || size === UNKNOWN || size === declaredLength) return declaredLength;
    throw new UsageError("ContentLengthMismatch", `${size} bytes, wanted ${declaredLength}`);
  }
  if (size > 0 || (size === 0 && code !== 304)) return size;
  if (!bodied) return "none";
  // HTTP/1.0 has no chunks: the close ends the body (RFC 9112 section 6.1).
  return exchange.head.minor === 0 ? "until-close" : "chunked";
}

/** @returns the head, with `text` behind it where the head is text */
function endHead(exchange: Exchange, framed: OutgoingFraming, text?: string): string | Uint8Array {
  const { head: writer } = exchange.connection.host;
  const keep = framed !== "until-close" && exchange.method !== "CONNECT" && !writer.close;
  const kept = exchange.head.minor === 0 ? "keep-alive" : "";
  const { dateLine } = exchange;
  return writer.end(framed, dateLine, exchange.answering(keep) ? kept : "close", text);
}
