/** A body that is there as a whole. */
export type Content = string | Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** What the streams below will give. Nothing is known any more of one that somebody has begun to read. */
const untouched = new WeakMap<ReadableStream, Content>();

/** A body's stream. Handed to a light response it is known again for what it is. */
export function contentStream(content: Content): ReadableStream<Uint8Array<ArrayBuffer>> {
  const stream = byteStream({
    pull(controller) {
      untouched.delete(stream);
      // A copy, as it becomes its reader's.
      const bytes = typeof content === "string" ? encoder.encode(content) : content.slice();
      // A byte stream takes no empty chunk.
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
      if ("byobRequest" in controller) controller.byobRequest?.respond(0);
    },
    cancel() {
      untouched.delete(stream);
    },
  });
  untouched.set(stream, content);
  return stream;
}

interface Source {
  pull(controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>): void;
  cancel(): void;
}

/** A byte stream, where the platform has them (Safari has none). */
function byteStream(source: Source): ReadableStream<Uint8Array<ArrayBuffer>> {
  try {
    return new ReadableStream({ type: "bytes", ...source }, { highWaterMark: 0 });
  } catch {
    return new ReadableStream<Uint8Array<ArrayBuffer>>(source, { highWaterMark: 0 });
  }
}

/** Whether nobody has read or cancelled a stream of ours. */
export function isUntouched(stream: ReadableStream): boolean {
  return untouched.has(stream);
}

/** A body as what it is known to be: `undefined` where only the platform can tell. */
export function knownContent(body: unknown): Content | null | undefined {
  if (typeof body === "string") return body;
  if (body === undefined || body === null) return null;
  if (body instanceof ReadableStream) return body.locked ? undefined : untouched.get(body);
  // Copies, as the platform makes: what changes later is not sent.
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0));
  if (body instanceof Uint8Array && body.buffer instanceof ArrayBuffer) return new Uint8Array(body);
  return undefined;
}
