import type { HeadersInput } from "../http1/headers.ts";
import { bytesIn, quiet } from "../server/outgoing-body.ts";
import { textLength } from "../server/text.ts";
import type { BodyContent, BodyWriter } from "../server/types.ts";
import { feed } from "../socket/feed.ts";
import { type ContentCoding, compressionStream } from "./codings.ts";
import { isPieces, iterable } from "./pieces.ts";

export type Content = NonNullable<BodyContent>;

/** Content up to this size is compressed whole, so that its length can be said and all leaves in one write. */
const WHOLE_BYTES = 262_144;

const encoder = new TextEncoder();

/** Bytes of content, undefined for streams. */
export function sizeOf(content: Content): number | undefined {
  if (typeof content === "string") return textLength(content);
  if (content instanceof Blob) return content.size;
  return content instanceof Uint8Array || content instanceof ArrayBuffer ? content.byteLength : undefined;
}

/** Whether it is any: what is not is the server's to refuse. */
export function isContent(content: unknown): boolean {
  return (
    typeof content === "string" ||
    content instanceof Uint8Array ||
    content instanceof ArrayBuffer ||
    content instanceof Blob ||
    isPieces(content)
  );
}

/** The content compressed: bytes where it is small enough to wait for, else a stream. */
export async function compressed(
  content: Content,
  coding: ContentCoding,
): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const stream = compressedStream(content, coding);
  const size = sizeOf(content);
  if (size === undefined || size > WHOLE_BYTES) return stream;
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Takes no more of the content than its reader does of what that becomes. */
function compressedStream(content: Content, coding: ContentCoding): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = piecesOf(content)[Symbol.asyncIterator]();
  const { readable, writable } = compressionStream(coding);
  const output = readable.getReader();
  const next = async () => {
    const { done, value } = await pieces.next();
    return done ? undefined : toBytes(value);
  };
  let started = false;
  return new ReadableStream(
    {
      async pull(controller) {
        if (!started) void feed(await next(), next, writable);
        started = true;
        const { done, value } = await output.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        void output.cancel(reason).catch(() => {});
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A writer in front of `writer` that compresses what it is given. */
export function compressedWriter(writer: BodyWriter, coding: ContentCoding): BodyWriter {
  const compression = compressionStream(coding);
  const input = compression.writable.getWriter();
  let failure: unknown;
  const write = async (chunk: Uint8Array | string): Promise<void> => {
    await input.write(toBytes(chunk));
    if (failure !== undefined) throw failure;
  };
  const close = async (trailers?: HeadersInput): Promise<void> => {
    await input.close();
    await pumped;
    await writer.close(trailers);
  };
  // Ends with the last compressed piece, or when the client is gone: then writing fails too.
  const pumped = quiet(
    pump(compression.readable, writer).catch((error: unknown) => {
      failure = error;
      void input.abort(error).catch(() => {});
      throw error; // told to whoever writes next, or closes
    }),
  );
  return { write: (chunk) => quiet(write(chunk)), close: (trailers) => quiet(close(trailers)) };
}

async function pump(readable: ReadableStream<Uint8Array>, writer: BodyWriter): Promise<void> {
  const reader = readable.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read())
      await writer.write(read.value);
  } catch (error) {
    // Lets go of a write that waits for room.
    void reader.cancel(error).catch(() => {});
    throw error;
  }
}

/** Bytes of its own buffer kind, which the platform's streams ask for. @throws UsageError `InvalidBody` */
function toBytes(chunk: Uint8Array | string): Uint8Array<ArrayBuffer> {
  if (typeof chunk === "string") return encoder.encode(chunk);
  bytesIn(chunk);
  return chunk.buffer instanceof ArrayBuffer ? (chunk as Uint8Array<ArrayBuffer>) : new Uint8Array(chunk);
}

function piecesOf(content: Content): AsyncIterable<Uint8Array | string> {
  if (content instanceof Blob) return iterable(content.stream());
  return isPieces(content) ? iterable(content) : onePiece(content);
}

async function* onePiece(content: string | Uint8Array | ArrayBuffer): AsyncGenerator<Uint8Array | string> {
  yield content instanceof ArrayBuffer ? new Uint8Array(content) : content;
}
