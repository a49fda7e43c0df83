import type { HeadersInput } from "../http1/headers.ts";
import { textLength } from "../server/text.ts";
import type { BodyContent, BodyWriter } from "../server/types.ts";
import { type ContentCoding, compressionStream } from "./codings.ts";
import { iterable } from "./pieces.ts";

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

/** The content compressed: bytes where it is small enough to wait for, else a stream. */
export async function compressed(
  content: Content,
  coding: ContentCoding,
): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const stream = streamOf(content).pipeThrough(compressionStream(coding));
  const size = sizeOf(content);
  if (size === undefined || size > WHOLE_BYTES) return stream;
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A writer in front of `writer` that compresses what it is given. */
export function compressedWriter(writer: BodyWriter, coding: ContentCoding): BodyWriter {
  const compression = compressionStream(coding);
  const input = compression.writable.getWriter();
  let failure: unknown;
  // Ends with the last compressed piece, or when the client is gone: then writing fails too.
  const pumped = pump(compression.readable, writer).catch((error: unknown) => {
    failure = error;
    void input.abort(error).catch(() => {});
    throw error;
  });
  pumped.catch(() => {}); // told to whoever writes next, or closes
  return {
    async write(chunk: Uint8Array | string): Promise<void> {
      await input.write(toBytes(chunk));
      if (failure !== undefined) throw failure;
    },
    async close(trailers?: HeadersInput): Promise<void> {
      await input.close();
      await pumped;
      await writer.close(trailers);
    },
  };
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

/** Bytes of its own buffer kind, which the platform's streams ask for. */
function toBytes(chunk: Uint8Array | string): Uint8Array<ArrayBuffer> {
  if (typeof chunk === "string") return encoder.encode(chunk);
  return chunk.buffer instanceof ArrayBuffer ? (chunk as Uint8Array<ArrayBuffer>) : new Uint8Array(chunk);
}

function streamOf(content: Content): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (content instanceof Blob) return content.stream();
  if (typeof content === "string" || content instanceof Uint8Array) return oneChunk(toBytes(content));
  if (content instanceof ArrayBuffer) return oneChunk(new Uint8Array(content));
  const pieces = iterable(content)[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(toBytes(value));
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

function oneChunk(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}
