/** `multipart/byteranges`, RFC 9110 section 14.6: several ranges of one file in one response. */
import { type ByteRange, formatContentRange } from "./ranges.ts";
import type { SourceFile } from "./source.ts";

/** A body that is read as it is sent, and what the header section says of it. */
export interface Multipart {
  readonly contentType: string;
  /** Bytes, delimiters and part headers included. */
  readonly length: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Frames ranges of a file; nothing is read before the body is iterated. */
export function multipartRanges(file: SourceFile, type: string, ranges: readonly ByteRange[]): Multipart {
  const boundary = makeBoundary();
  const encoder = new TextEncoder();
  const parts = ranges.map((range) => ({
    range,
    head: encoder.encode(
      `\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${formatContentRange(range, file.size)}\r\n\r\n`,
    ),
  }));
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const length = parts.reduce(
    (sum, { head, range }) => sum + head.length + range.end - range.start,
    tail.length,
  );

  async function* body(): AsyncGenerator<Uint8Array> {
    for (const { range, head } of parts) {
      yield head;
      const content = await file.read(range.start, range.end);
      if (content instanceof Uint8Array) yield content;
      else yield* content;
    }
    yield tail;
  }
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, body: body() };
}

/** 128 random bits: nobody can have written them into the file beforehand. */
function makeBoundary(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
