import { type FirstBytes, WHOLE_BYTES } from "../protocol.ts";
import type { Ask } from "./ask.ts";

type Reader = ReadableStreamDefaultReader<Uint8Array>;
type Read = ReadableStreamReadResult<Uint8Array>;

/** A request body: what was there at once, and the rest as it comes. */
export interface Upload {
  readonly first: FirstBytes;
  /** Sends what is not in `first`. Resolves when all of it is gone, or nobody wants it. */
  rest(ask: Ask): Promise<void>;
}

/**
 * Begins to read a request's body. A small one is read whole, for its length is then known; one that does not
 * come within `firstBytesMs` is not waited for. Where requests have no `body` stream (Firefox, Safari) all of
 * it is read first.
 * @returns `undefined` when there is no body
 */
export async function beginUpload(request: Request, firstBytesMs: number): Promise<Upload | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  if (request.body === undefined) {
    const bytes = await request.arrayBuffer();
    if (bytes.byteLength === 0) return undefined;
    return splitUpload(bytes);
  }
  if (request.body === null) return undefined;
  const reader: Reader = request.body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  let pending: Promise<Read> | undefined = reader.read();
  const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), firstBytesMs));
  while (pending !== undefined && size < WHOLE_BYTES) {
    const read: Read | "late" = await Promise.race([pending, late]);
    if (read === "late") break;
    pending = read.done ? undefined : reader.read();
    if (read.value !== undefined) {
      pieces.push(read.value);
      size += read.value.length;
    }
  }
  const rest = pending;
  return {
    first: { bytes: await new Blob(pieces as BlobPart[]).arrayBuffer(), whole: rest === undefined },
    rest: async (ask) => {
      if (rest !== undefined) await sendRest(reader, rest, ask);
    },
  };
}

/** A body that is all here, in pieces that the page's credit can hold back. */
function splitUpload(bytes: ArrayBuffer): Upload {
  const first = { bytes: bytes.slice(0, WHOLE_BYTES), whole: bytes.byteLength <= WHOLE_BYTES };
  return {
    first,
    async rest(ask) {
      if (first.whole) return;
      for (let at = WHOLE_BYTES; at < bytes.byteLength; at += WHOLE_BYTES) {
        if (!(await ask.send(bytes.slice(at, at + WHOLE_BYTES)))) return;
      }
      ask.bodyEnd();
    },
  };
}

async function sendRest(reader: Reader, begun: Promise<Read>, ask: Ask): Promise<void> {
  try {
    for (let read = await begun; ; read = await reader.read()) {
      if (read.done) break;
      if (read.value.length > 0 && !(await ask.send(ownBuffer(read.value)))) {
        await reader.cancel();
        return;
      }
    }
    ask.bodyEnd();
  } catch {
    // Whoever sends it has gone in the middle: the server must not take it for the whole.
    ask.abort();
  }
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
    ? buffer
    : (bytes.slice().buffer as ArrayBuffer);
}
