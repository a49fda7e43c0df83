import { concat, isAscii } from "../http1/octets.ts";
import { utf8 } from "../socket/utf8.ts";

/** The content of a request. All but a stream can be sent again, after a redirect or on another connection. */
export interface RequestBody {
  /** What is in memory. */
  readonly content?: string | Uint8Array;
  /** Begins to read what is not: a blob, each time from its start, or a stream, which is read once. */
  open?(): ByteReader;
  /** In octets. A stream has none. */
  readonly length?: number;
  /** The `Content-Type` that comes with its kind, `""` for none. */
  readonly type: string;
  /** Whether it is a stream. */
  readonly once?: boolean;
}

export type ByteReader = Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;

/** The platform's `BodyInit`, by a name that is there without the DOM's types too. */
export type BodyContent = NonNullable<RequestInit["body"]>;

/** Bytes of a `Request`'s body up to which it is read before it is sent, to learn its length. */
const MAX_PEEKED = 65_536;
/** Microtasks that a stream which has its bytes already may take to give them. */
const MAX_HOPS = 32;

/**
 * What `fetch` does with each kind of `body` (Fetch Standard, "extract a body").
 * @throws TypeError for a stream that is locked or was read
 */
export async function extractBody(given: BodyContent): Promise<RequestBody> {
  if (given instanceof ArrayBuffer) return whole(new Uint8Array(given.slice(0)));
  if (ArrayBuffer.isView(given)) {
    return whole(new Uint8Array(given.buffer, given.byteOffset, given.byteLength).slice());
  }
  if (given instanceof Blob) return blob(given, given.type);
  if (given instanceof ReadableStream) return streamed(given.getReader());
  if (given instanceof FormData) {
    // The platform knows how to write a form; as a blob its length is known. A blob's own type is in lower case, and
    // where the body was read Bun has none.
    const written = new Response(given);
    const type = written.headers.get("content-type") ?? "";
    return blob(await written.blob(), type);
  }
  const text = String(given);
  const type = given instanceof URLSearchParams ? "application/x-www-form-urlencoded" : "text/plain";
  return whole(isAscii(text) ? text : utf8.encode(text), `${type};charset=UTF-8`);
}

/**
 * The body of a `Request`, which is a stream whatever it was made of. One that gives all of its bytes at once
 * was no stream before: it gets its length, and can be sent again.
 */
export async function peekBody(stream: ReadableStream<Uint8Array>): Promise<RequestBody> {
  const reader = stream.getReader();
  const reads: ReturnType<ByteReader["read"]>[] = [];
  const begun: Uint8Array[] = [];
  for (let length = 0; length <= MAX_PEEKED; ) {
    const next = reader.read();
    reads.push(next);
    // One that fails does so where it is sent.
    const read = await Promise.race([next, soon()]).catch(() => undefined);
    if (read === undefined) break;
    if (read.done) return whole(concat(begun));
    begun.push(read.value);
    length += read.value.byteLength;
  }
  return streamed({
    read: () => reads.shift() ?? reader.read(),
    cancel: (reason) => reader.cancel(reason),
  });
}

function whole(content: string | Uint8Array, type = ""): RequestBody {
  return { content, length: content.length, type };
}

function blob(content: Blob, type: string): RequestBody {
  return { open: () => content.stream().getReader(), length: content.size, type };
}

function streamed(reader: ByteReader): RequestBody {
  return { open: () => reader, once: true, type: "" };
}

async function soon(): Promise<undefined> {
  for (let hop = 0; hop < MAX_HOPS; hop++) await undefined;
}
