import type { HttpHeaders } from "../http1/headers.ts";
import { listElements } from "../http1/list.ts";
import { feed } from "../socket/feed.ts";
import { ClientError, fetchFailed } from "./errors.ts";
import type { IncomingBody } from "./incoming-body.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** More than this many codings on one content are nobody's honest wish: each multiplies what a byte becomes. */
const MAX_CODINGS = 5;

/** `br` by its name in the Compression Standard, which not every platform has yet. */
const BROTLI = "brotli" as CompressionFormat;

function supports(coding: string): boolean {
  try {
    return new DecompressionStream(coding === "br" ? BROTLI : (coding as CompressionFormat)) !== undefined;
  } catch {
    return false;
  }
}

let accepted: string | undefined;

/** The codings that this platform can decode, as the value of `Accept-Encoding`. */
export function acceptEncoding(): string {
  accepted ??= ["gzip", "deflate", "br"].filter(supports).join(", ");
  return accepted || "identity";
}

/**
 * The codings that have to be taken off, the last applied one first. None where one of them is not known here:
 * then the content is handed over as it came, as the platform does.
 * @throws ClientError `InvalidContentCoding` for more than five
 */
export function codingsOf(headers: HttpHeaders): string[] {
  const codings = listElements((headers.get("content-encoding") ?? "").toLowerCase()).map((coding) =>
    coding === "x-gzip" ? "gzip" : coding,
  );
  if (codings.length > MAX_CODINGS) {
    throw new ClientError("InvalidContentCoding", `more than ${MAX_CODINGS}`);
  }
  const known = listElements(acceptEncoding());
  return codings.every((coding) => known.includes(coding)) ? codings.reverse() : [];
}

/**
 * The content without its codings. Nothing is read before somebody reads here. A content of no bytes is taken
 * for an empty one, as servers send it with the responses of other methods.
 */
export function decode(body: IncomingBody, codings: readonly string[]): ReadableStream<Bytes> {
  return codings.reduce((stream, coding) => decodeOne(stream, coding, body), body.stream());
}

function decodeOne(raw: ReadableStream<Bytes>, coding: string, body: IncomingBody): ReadableStream<Bytes> {
  const source = raw.getReader();
  const read = async () => (await source.read()).value;
  let decoded: ReadableStreamDefaultReader<Bytes> | undefined;
  const pull = async (controller: ReadableStreamDefaultController<Bytes>) => {
    let bytes: Bytes | undefined;
    try {
      if (decoded === undefined) {
        // The first bytes tell the right decoder.
        const first = await read();
        if (first === undefined) return controller.close();
        const { readable, writable } = new DecompressionStream(formatOf(coding, first));
        decoded = readable.getReader();
        void feed(first, read, writable);
      }
      bytes = (await decoded.read()).value;
    } catch (cause) {
      // One failure is enough: a content that was cut is badly coded as well.
      body.failure ??= fetchFailed(
        new ClientError("InvalidContentCoding", `the content is no ${coding}`, { cause }),
      );
      body.abort();
      throw body.failure;
    }
    if (bytes) controller.enqueue(bytes);
    else controller.close();
  };
  return new ReadableStream({ pull, cancel: (reason) => source.cancel(reason) }, { highWaterMark: 0 });
}

function formatOf(coding: string, first: Bytes): CompressionFormat {
  if (coding === "br") return BROTLI;
  if (coding !== "deflate") return "gzip";
  // `deflate` is the zlib format (RFC 9110 section 8.4.1.2), but some servers send it without zlib's header.
  return ((first[0] ?? 0) & 0x0f) === 8 ? "deflate" : "deflate-raw";
}
