import { concat, isAscii } from "../http1/octets.ts";
import { utf8 } from "../socket/utf8.ts";

/**
 * The content of a request. All but a stream can be sent again, after a redirect or on another connection.
 * A stream is read once; `begun` is what was read of it to see whether it is a short one.
 */
export type RequestBody =
  | { readonly kind: "whole"; readonly content: string | Uint8Array | Blob; readonly length: number }
  | {
      readonly kind: "stream";
      readonly reader: ReadableStreamDefaultReader<Uint8Array>;
      readonly begun: readonly Uint8Array[];
      /** The read that is under way. */
      readonly next?: NextChunk;
    };

/** The platform's `BodyInit`, by a name that is there without the DOM's types too. */
export type BodyContent = NonNullable<RequestInit["body"]>;

export type NextChunk = ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>;

/** A body with the `Content-Type` that comes with its kind, `""` for none. */
export interface TypedBody {
  readonly body: RequestBody;
  readonly type: string;
}

/** Bytes of a `Request`'s body up to which it is read before it is sent, to learn its length. */
const MAX_PEEKED = 65_536;
/** Microtasks that a stream which has its bytes already may take to give them. */
const MAX_HOPS = 32;

/**
 * What `fetch` does with each kind of `body` (Fetch Standard, "extract a body").
 * @throws TypeError for a stream that is locked or was read
 */
export function extractBody(given: BodyContent): TypedBody | Promise<TypedBody> {
  if (given instanceof ArrayBuffer) return whole(new Uint8Array(given.slice(0)));
  if (ArrayBuffer.isView(given)) {
    return whole(new Uint8Array(given.buffer, given.byteOffset, given.byteLength).slice());
  }
  if (given instanceof Blob) return whole(given, given.type);
  if (given instanceof FormData) return form(given);
  if (given instanceof ReadableStream) {
    return { body: { kind: "stream", reader: given.getReader(), begun: [] }, type: "" };
  }
  const isQuery = given instanceof URLSearchParams;
  return whole(
    String(given),
    `${isQuery ? "application/x-www-form-urlencoded" : "text/plain"};charset=UTF-8`,
  );
}

/**
 * The body of a `Request`, which is a stream whatever it was made of. One that gives all of its bytes at once
 * was no stream before: it gets its length, and can be sent again.
 */
export async function peekBody(stream: ReadableStream<Uint8Array>): Promise<RequestBody> {
  const reader = stream.getReader();
  const begun: Uint8Array[] = [];
  let length = 0;
  while (length <= MAX_PEEKED) {
    const next = reader.read();
    if (!(await settlesSoon(next))) return { kind: "stream", reader, begun, next };
    const { done, value } = await next;
    if (done) return { kind: "whole", content: concat(begun), length };
    begun.push(value);
    length += value.byteLength;
  }
  return { kind: "stream", reader, begun };
}

function whole(content: string | Uint8Array | Blob, type = ""): TypedBody {
  let length = content instanceof Blob ? content.size : content.length;
  if (typeof content === "string" && !isAscii(content)) length = utf8.encode(content).length;
  return { body: { kind: "whole", content, length }, type };
}

/** The platform knows how to write a form; as a blob its length is known. A blob's own type is in lower case. */
async function form(value: FormData): Promise<TypedBody> {
  const written = new Response(value);
  const type = written.headers.get("content-type") ?? "";
  return whole(await written.blob(), type);
}

async function settlesSoon(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let hop = 0; hop < MAX_HOPS && !settled; hop++) await undefined;
  return settled;
}
