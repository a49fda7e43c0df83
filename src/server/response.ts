import type { HeadersInput } from "../http1/headers.ts";
import type { RequestHead } from "../http1/request-head.ts";
import type { OutgoingFraming, ResponseHeadWriter } from "../http1/response-writer.ts";
import { UsageError } from "./errors.ts";
import { type BodySink, OutgoingBody, RESOLVED, SLICE_BYTES } from "./outgoing-body.ts";
import { bytesIfLong, textLength } from "./text.ts";
import type { BodyContent } from "./types.ts";

/** What a connection does for a response. */
export interface ResponseSink extends BodySink {
  readonly head: ResponseHeadWriter;
  readonly dateLine: string;
  /** The reason phrase, where the caller has one of its own. */
  readonly reason: string | undefined;
  /** Whether the connection can be kept after this response; asked once, when its head is written. */
  mayPersist(): boolean;
  /** The head is about to be sent: no other answer from now on, and whether to close behind it. */
  responseStarted(persistent: boolean): void;
  /**
   * A streamed body follows. Where the request's body is what it is made from, a client that waits for 100
   * has to get it now: behind the final head it would be too late (RFC 9110 section 15.2).
   */
  streamStarting(): void;
  /** A streamed body is being produced: what to call when the connection goes. */
  setProducer(cancel: (() => void) | undefined): void;
}

/**
 * Sends one whole response. What it does with the content follows RFC 9110 section 6.4.1 and RFC 9112 section
 * 6: HEAD, 204 and 304 get the head alone.
 * @throws UsageError, InvalidHeader: nothing was sent, another answer can be
 */
export function sendResponse(
  sink: ResponseSink,
  request: RequestHead,
  code: number,
  content: BodyContent | undefined,
  headers: HeadersInput | undefined,
): Promise<void> {
  begin(sink, code, headers);
  if (typeof content === "string") return sendWhole(sink, request, code, bytesIfLong(content) ?? content);
  if (content instanceof Uint8Array) return sendWhole(sink, request, code, content);
  if (content instanceof ArrayBuffer) return sendWhole(sink, request, code, new Uint8Array(content));
  // To HEAD nothing is said of the length where nothing is known of it (RFC 9110 section 8.6).
  if (content === null || content === undefined)
    return sendWhole(sink, request, code, "", request.method === "HEAD");
  if (content instanceof Blob) {
    if (content.type !== "") sink.head.addContentType(content.type);
    return sendStream(sink, startBody(sink, request, code, content.size), content.stream());
  }
  if (!isStream(content)) throw new UsageError("InvalidBody", `can't send a body of type ${typeof content}`);
  sink.streamStarting();
  return sendStream(sink, startBody(sink, request, code, UNKNOWN), content);
}

/** Sends the head of a response whose body the caller writes. */
export function startResponse(
  sink: ResponseSink,
  request: RequestHead,
  code: number,
  headers: HeadersInput | undefined,
): OutgoingBody {
  begin(sink, code, headers);
  return startBody(sink, request, code, UNKNOWN);
}

/** @throws UsageError `InvalidStatus`: 1xx are `upgrade`'s and the server's own */
function begin(sink: ResponseSink, code: number, headers: HeadersInput | undefined): void {
  if (!Number.isInteger(code) || code < 200 || code > 599) {
    throw new UsageError("InvalidStatus", `status must be 200 to 599, got ${code}`);
  }
  sink.head.begin(code, headers, sink.reason);
}

function sendWhole(
  sink: ResponseSink,
  request: RequestHead,
  code: number,
  content: string | Uint8Array,
  unknown = false,
): Promise<void> {
  const size = typeof content === "string" ? textLength(content) : content.length;
  const bodied = hasBody(request, code);
  const framed = framing(sink, request, code, unknown ? UNKNOWN : size, bodied);
  const text = bodied && typeof content === "string" ? content : "";
  const head = endHead(sink, request, framed, text);
  if (!bodied || typeof content === "string")
    sink.responseEnded(head, typeof head === "string" ? undefined : text);
  else if (content.length <= SLICE_BYTES) sink.responseEnded(head, content);
  else {
    sink.write(head);
    return sendStream(sink, new OutgoingBody(sink, size), [content]);
  }
  return RESOLVED;
}

function startBody(sink: ResponseSink, request: RequestHead, code: number, size: number): OutgoingBody {
  const bodied = hasBody(request, code);
  const framed = framing(sink, request, code, size, bodied);
  sink.write(endHead(sink, request, framed));
  return new OutgoingBody(sink, bodied ? framed : "none");
}

type Content =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

/** Pumps a source into a body. That nobody waits for the promise does not end the process. */
function sendStream(sink: ResponseSink, body: OutgoingBody, content: Content): Promise<void> {
  // A stream's chunks are whoever's reads it; an array's are the caller's own.
  const sent = pump(sink, body, chunksOf(content), !Array.isArray(content));
  sent.catch(() => {});
  return sent;
}

/** A source that fails cuts the connection; a connection that goes cancels the source. */
async function pump(sink: ResponseSink, body: OutgoingBody, source: Chunks, given: boolean): Promise<void> {
  const cancel = async () => source.return?.();
  sink.setProducer(() => void cancel().catch(() => {}));
  try {
    // To HEAD the source is not read at all.
    while (body.wanted) {
      const { done, value } = await source.next();
      if (sink.closed) return;
      if (done) break;
      await body.write(value, given);
    }
    if (!body.wanted) await cancel();
    await body.close();
  } catch (error) {
    cancel().catch(() => {});
    const short = error instanceof UsageError && error.code === "ContentLengthMismatch";
    if (sink.closed && !short) return;
    body.abort(error);
    throw error;
  } finally {
    sink.setProducer(undefined);
  }
}

type Chunk = IteratorResult<Uint8Array | string, unknown>;

/** What an iterator and a stream's reader have in common. */
interface Chunks {
  next(): Chunk | Promise<Chunk>;
  return?(): unknown;
}

function chunksOf(content: Content): Chunks {
  if (!(content instanceof ReadableStream))
    return Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]();
  const reader = content.getReader();
  return { next: async () => await reader.read(), return: () => reader.cancel() };
}

function isStream(
  content: unknown,
): content is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> {
  return content instanceof ReadableStream || Symbol.asyncIterator in Object(content);
}

/** RFC 9110 section 6.4.1: HEAD, 204 and 304 never have content, 205 (15.3.6) and 2xx to CONNECT neither. */
function hasBody(request: RequestHead, code: number): boolean {
  if (code === 204 || code === 205 || code === 304) return false;
  return request.method !== "HEAD" && !isTunnel(request, code);
}

function isTunnel(request: RequestHead, code: number): boolean {
  return request.method === "CONNECT" && code < 300;
}

/** The size of a body that is not known before its end. */
const UNKNOWN = -1;

/** The framing of a body of so many octets, after holding a declared length against it. */
function framing(
  sink: ResponseSink,
  request: RequestHead,
  code: number,
  size: number,
  bodied: boolean,
): OutgoingFraming {
  const { declaredLength } = sink.head;
  if (!bodied) {
    if (code === 204 || isTunnel(request, code)) return "none";
    if (code === 205) return 0;
    if (declaredLength >= 0) return declaredLength;
    return size === UNKNOWN || (code === 304 && size === 0) ? "none" : size;
  }
  if (size === UNKNOWN) {
    if (declaredLength >= 0) return declaredLength;
    // HTTP/1.0 has no chunks: the close ends the body (RFC 9112 section 6.1).
    return request.minor === 0 ? "until-close" : "chunked";
  }
  if (declaredLength < 0 || declaredLength === size) return size;
  throw new UsageError("ContentLengthMismatch", `${size} bytes, wanted ${declaredLength}`);
}

/** @returns the head, with `text` behind it where the head is text */
function endHead(
  sink: ResponseSink,
  request: RequestHead,
  framed: OutgoingFraming,
  text?: string,
): string | Uint8Array {
  const persistent =
    framed !== "until-close" && request.method !== "CONNECT" && !sink.head.close && sink.mayPersist();
  const head = sink.head.end(
    framed,
    sink.dateLine,
    !persistent ? "close" : request.minor === 0 ? "keep-alive" : "",
    text,
  );
  sink.responseStarted(persistent);
  return head;
}
