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
  checkStatus(code);
  sink.head.begin(code, headers, sink.reason);
  if (typeof content === "string") return sendText(sink, request, code, content);
  if (content === null || content === undefined) return sendNothing(sink, request, code);
  if (content instanceof Uint8Array) return sendBytes(sink, request, code, content);
  if (content instanceof ArrayBuffer) return sendBytes(sink, request, code, new Uint8Array(content));
  if (content instanceof Blob) {
    if (content.type !== "") sink.head.addContentType(content.type);
    return sendStream(sink, startBody(sink, request, code, content.size), content.stream());
  }
  if (!isStream(content)) throw new UsageError("InvalidBody", `can't send a body of type ${typeof content}`);
  sink.streamStarting();
  return sendStream(sink, startBody(sink, request, code, -1), content);
}

/** Sends the head of a response whose body the caller writes. */
export function startResponse(
  sink: ResponseSink,
  request: RequestHead,
  code: number,
  headers: HeadersInput | undefined,
): OutgoingBody {
  checkStatus(code);
  sink.head.begin(code, headers, sink.reason);
  return startBody(sink, request, code, -1);
}

function sendText(sink: ResponseSink, request: RequestHead, code: number, text: string): Promise<void> {
  const bytes = bytesIfLong(text);
  if (bytes !== undefined) return sendBytes(sink, request, code, bytes);
  const framing = knownFraming(sink, request, code, textLength(text));
  const head = startHead(sink, request, framing);
  if (!hasBody(request, code)) writeHead(sink, head);
  else if (typeof head === "string") sink.writeText(head + text);
  else {
    sink.writeBytes(head);
    sink.writeText(text);
  }
  sink.responseEnded();
  return RESOLVED;
}

function sendNothing(sink: ResponseSink, request: RequestHead, code: number): Promise<void> {
  // To HEAD nothing is said of the length where nothing is known of it (RFC 9110 section 8.6).
  const unknown = request.method === "HEAD" && sink.head.declaredLength < 0;
  writeHead(sink, startHead(sink, request, unknown ? "none" : knownFraming(sink, request, code, 0)));
  sink.responseEnded();
  return RESOLVED;
}

function sendBytes(sink: ResponseSink, request: RequestHead, code: number, bytes: Uint8Array): Promise<void> {
  const framing = knownFraming(sink, request, code, bytes.length);
  writeHead(sink, startHead(sink, request, framing));
  if (hasBody(request, code) && bytes.length > SLICE_BYTES)
    return sendStream(sink, new OutgoingBody(sink, bytes.length), [bytes]);
  if (hasBody(request, code) && bytes.length > 0) sink.writeBytes(bytes);
  sink.responseEnded();
  return RESOLVED;
}

function startBody(sink: ResponseSink, request: RequestHead, code: number, size: number): OutgoingBody {
  const declared = sink.head.declaredLength;
  let framing: OutgoingFraming;
  if (size >= 0) framing = knownFraming(sink, request, code, size);
  else if (!hasBody(request, code)) framing = declared >= 0 && code !== 204 ? declared : "none";
  else if (declared >= 0) framing = declared;
  // HTTP/1.0 has no chunks: the close ends the body (RFC 9112 section 6.1).
  else framing = request.minor === 0 ? "until-close" : "chunked";
  writeHead(sink, startHead(sink, request, framing));
  return new OutgoingBody(sink, hasBody(request, code) ? framing : "none");
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
  sink.setProducer(() => void source.cancel().catch(() => {}));
  try {
    // To HEAD the source is not read at all.
    while (body.wanted) {
      const { done, value } = await source.next();
      if (sink.closed) return;
      if (done) break;
      await body.write(value, given);
    }
    if (!body.wanted) await source.cancel();
    await body.close();
  } catch (error) {
    source.cancel().catch(() => {});
    const short = error instanceof UsageError && error.code === "ContentLengthMismatch";
    if (sink.closed && !short) return;
    body.abort(error);
    throw error;
  } finally {
    sink.setProducer(undefined);
  }
}

interface Chunks {
  next(): Promise<{ done: boolean; value: Uint8Array | string }>;
  cancel(): Promise<unknown>;
}

function chunksOf(content: Content): Chunks {
  if (content instanceof ReadableStream) {
    const reader = content.getReader();
    return {
      next: async () => (await reader.read()) as { done: boolean; value: Uint8Array },
      cancel: () => reader.cancel(),
    };
  }
  const iterator =
    Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]();
  return {
    next: async () => (await iterator.next()) as { done: boolean; value: Uint8Array | string },
    cancel: async () => iterator.return?.(),
  };
}

function isStream(
  content: unknown,
): content is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> {
  if (typeof content !== "object" || content === null) return false;
  return content instanceof ReadableStream || Symbol.asyncIterator in content;
}

/** @throws UsageError `InvalidStatus`: 1xx are `upgrade`'s and the server's own */
function checkStatus(code: number): void {
  if (Number.isInteger(code) && code >= 200 && code <= 599) return;
  throw new UsageError(
    "InvalidStatus",
    `a status code must be a whole number from 200 to 599, got ${String(code)}`,
  );
}

/** RFC 9110 section 6.4.1: HEAD, 204 and 304 never have content, 205 (15.3.6) and 2xx to CONNECT neither. */
function hasBody(request: RequestHead, code: number): boolean {
  if (request.method === "HEAD" || code === 204 || code === 304 || code === 205) return false;
  return !(request.method === "CONNECT" && code < 300);
}

/** The framing of a body of known size, after holding a declared length against it. */
function knownFraming(sink: ResponseSink, request: RequestHead, code: number, size: number): OutgoingFraming {
  const declared = sink.head.declaredLength;
  if (code === 204 || (request.method === "CONNECT" && code < 300)) return "none";
  if (code === 205) return 0;
  if (code === 304 || request.method === "HEAD") {
    if (declared >= 0) return declared;
    return code === 304 && size === 0 ? "none" : size;
  }
  if (declared >= 0 && declared !== size) {
    throw new UsageError(
      "ContentLengthMismatch",
      `Content-Length says ${declared}, the content has ${size} bytes`,
    );
  }
  return size;
}

function startHead(sink: ResponseSink, request: RequestHead, framing: OutgoingFraming): string | Uint8Array {
  const persistent =
    framing !== "until-close" && request.method !== "CONNECT" && !sink.head.close && sink.mayPersist();
  const head = sink.head.end(
    framing,
    sink.dateLine,
    !persistent ? "close" : request.minor === 0 ? "keep-alive" : "",
  );
  sink.responseStarted(persistent);
  return head;
}

function writeHead(sink: ResponseSink, head: string | Uint8Array): void {
  if (typeof head === "string") sink.writeText(head);
  else sink.writeBytes(head);
}
