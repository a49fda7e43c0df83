import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import { callable } from "../server/errors.ts";
import type { BodyContent, BodyWriter, HttpRequest, RequestCallback } from "../server/types.ts";
import { chooseCoding, IDENTITY, refusesIdentity, withIdentity } from "./accept-encoding.ts";
import { callWithAnswers } from "./answers.ts";
import { type ContentCoding, supportedCodings } from "./codings.ts";
import { type Content, compressed, compressedWriter, isContent, sizeOf } from "./compressed-content.ts";

/** Options of `compress`. */
export interface CompressOptions {
  /** Content known to be smaller is sent as it is. Bytes; default 1024. Streams are always compressed. */
  readonly thresholdBytes?: number;
  /** Codings that may be used, best first. Default: what the platform has of `br`, `gzip` and `deflate`. */
  readonly codings?: readonly ContentCoding[];
  /** Whether content of this media type is worth it. Default: text, JSON, XML, scripts, fonts, SVG, WebAssembly. */
  readonly filter?: (mediaType: string) => boolean;
}

interface Settings {
  readonly threshold: number;
  readonly codings: readonly ContentCoding[];
  readonly filter: (mediaType: string) => boolean;
  /** The client refuses the content as it is. */
  readonly always: boolean;
}

/**
 * Wraps a callback so that its responses are compressed where the client asks for it (`Accept-Encoding` with its
 * weights) and it pays.
 *
 * Sent as they are: what has a `Content-Encoding`, `Content-Range` or digest of its content already, parts (206), responses
 * with `Cache-Control: no-transform`, types that are compressed in themselves, small content (unless the client refuses it: `identity;q=0`), and event
 * streams, as `CompressionStream` holds back what it is given until there is more. A response that depends on
 * `Accept-Encoding` says so in `Vary`; a strong `ETag` becomes a weak one (RFC 9110 section 8.8.1).
 *
 * @throws TypeError for a coding that the platform lacks
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, compress, createFetch } from "portico";
 *
 * const server = new AsyncHttpServer();
 * const page = "<p>Hello World</p>".repeat(1000);
 * void server.serve(8080, compress((request) => request.respond(200, page, { "Content-Type": "text/html" })));
 * const response = await createFetch()("http://localhost:8080/", { headers: { "Accept-Encoding": "gzip" } });
 * response.headers.get("Content-Encoding"); // "gzip"
 * await server.close();
 * ```
 */
export function compress(callback: RequestCallback, options: CompressOptions = {}): RequestCallback {
  callable(callback);
  const { thresholdBytes = 1024, codings = supportedCodings(), filter = isCompressible } = options;
  const missing = codings.find((coding) => !supportedCodings().includes(coding));
  if (missing !== undefined) throw new TypeError(`this platform can't compress with ${missing}`);
  const settings: Settings = { threshold: thresholdBytes, codings, filter, always: false };
  return (request) => {
    const accepted = request.headers.get("accept-encoding");
    if (accepted === null || !refusesIdentity(accepted) || chooseCoding(accepted, codings) === IDENTITY)
      return callWithAnswers(callback, request, answersOf(request, settings));
    // A callback that looks at it need not refuse (406) what will be encoded here, however small it is.
    const headers = new HttpHeaders(request.headers);
    headers.set("Accept-Encoding", withIdentity(accepted));
    const always = { ...settings, threshold: 1, always: true };
    return callWithAnswers(callback, request, answersOf(request, always), headers);
  };
}

function answersOf(request: HttpRequest, settings: Settings): Pick<HttpRequest, "respond" | "sendHeaders"> {
  return {
    async respond(code: number, content?: BodyContent, headers?: HeadersInput): Promise<void> {
      const all = new HttpHeaders(headers);
      if (content === undefined || content === null) {
        describeKept(request, code, all, settings);
        return request.respond(code, content, all);
      }
      if (content instanceof Blob && content.type !== "" && !all.has("content-type"))
        all.set("Content-Type", content.type);
      if (
        !isContent(content) ||
        (sizeOf(content) ?? Number.POSITIVE_INFINITY) < settings.threshold ||
        !mayCompress(code, all, typeOf(content, all), settings)
      ) {
        return request.respond(code, content, all);
      }
      const coding = negotiate(request, all, settings);
      if (coding === IDENTITY) return request.respond(code, content, all);
      return respondCompressed(request, code, content, all, coding, settings.always);
    },
    async sendHeaders(headers: HeadersInput, code = 200): Promise<BodyWriter> {
      const all = new HttpHeaders(headers);
      if (!mayCompress(code, all, all.get("content-type") ?? "", settings))
        return request.sendHeaders(all, code);
      const coding = negotiate(request, all, settings);
      if (coding === IDENTITY) return request.sendHeaders(all, code);
      encode(all, coding);
      const writer = await request.sendHeaders(all, code);
      return request.method === "HEAD" ? writer : compressedWriter(writer, coding);
    },
  };
}

async function respondCompressed(
  request: HttpRequest,
  code: number,
  content: Content,
  headers: HttpHeaders,
  coding: ContentCoding,
  always: boolean,
): Promise<void> {
  const encoded = new HttpHeaders(headers);
  encode(encoded, coding);
  if (request.method === "HEAD") {
    // The head of the response to GET, without the length that only compressing would tell.
    const writer = await request.sendHeaders(encoded, code);
    return writer.close();
  }
  const body = await compressed(content, coding);
  if (!always && body instanceof Uint8Array && body.length >= (sizeOf(content) ?? 0))
    return request.respond(code, content, headers);
  return request.respond(code, body, encoded);
}

/**
 * What is said without content of that which GET would be answered with, or was: a length is that of what is sent
 * (RFC 9110 section 8.6), and a cache finds what it has by the entity-tag that it came with (RFC 9111 section 4.3.4).
 */
function describeKept(request: HttpRequest, code: number, headers: HttpHeaders, settings: Settings): void {
  const length = Number(headers.get("content-length") ?? 0);
  if (request.method === "HEAD" && length > 0 && length >= settings.threshold) {
    if (!mayCompress(code, headers, headers.get("content-type") ?? "", settings)) return;
    const coding = negotiate(request, headers, settings);
    if (coding !== IDENTITY) encode(headers, coding);
  }
  const etag = headers.get("etag");
  if (code === 304 && etag !== null && request.headers.get("if-none-match")?.includes(`W/${etag}`)) {
    if (negotiate(request, headers, settings) !== IDENTITY) weaken(headers);
  }
}

/** Whether the response would be compressed for a client that takes it. */
function mayCompress(code: number, headers: HttpHeaders, type: string, { filter }: Settings): boolean {
  if (code === 204 || code === 205 || code === 206 || code === 304) return false;
  if (BARRIERS.some((name) => headers.has(name))) return false;
  if (/(?:^|,)\s*no-transform\s*(?:,|$)/i.test(headers.get("cache-control") ?? "")) return false;
  return filter((type.split(";")[0] ?? "").trim().toLowerCase());
}

/** What says that the content is final to the byte. */
const BARRIERS = [
  "content-encoding",
  "content-range",
  "content-digest",
  "repr-digest",
  "digest",
  "content-md5",
] as const;

/** The media type: the header's, or what the server makes of content that says nothing. */
function typeOf(content: Content, headers: HttpHeaders): string {
  const said = headers.get("content-type");
  if (said !== null) return said;
  if (typeof content === "string") return "text/plain";
  return content instanceof Blob ? content.type : "";
}

/** Chooses, and notes that there was a choice. */
function negotiate(
  request: HttpRequest,
  headers: HttpHeaders,
  { codings }: Settings,
): ContentCoding | typeof IDENTITY {
  addVary(headers);
  return chooseCoding(request.headers.get("accept-encoding"), codings);
}

function addVary(headers: HttpHeaders): void {
  const vary = headers.get("vary");
  if (vary === null) headers.set("Vary", "Accept-Encoding");
  else if (!/(?:^|,)\s*(?:\*|accept-encoding)\s*(?:,|$)/i.test(vary))
    headers.set("Vary", `${vary}, Accept-Encoding`);
}

function encode(headers: HttpHeaders, coding: ContentCoding): void {
  headers.set("Content-Encoding", coding);
  headers.delete("Content-Length");
  // Ranges would be of the compressed bytes, which nobody keeps.
  headers.delete("Accept-Ranges");
  weaken(headers);
}

function weaken(headers: HttpHeaders): void {
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) headers.set("ETag", `W/${etag}`);
}

/** Text, and the formats that are text or hold it raw. An event stream has to flow. */
export function isCompressible(mediaType: string): boolean {
  if (mediaType === "text/event-stream") return false;
  return (
    mediaType.startsWith("text/") ||
    /^[a-z]+\/[^/]*\+(?:json|xml|text|yaml)$/.test(mediaType) ||
    COMPRESSIBLE.has(mediaType)
  );
}

const COMPRESSIBLE = new Set([
  "application/javascript",
  "application/json",
  "application/ld+json",
  "application/manifest+json",
  "application/x-javascript",
  "application/x-ndjson",
  "application/x-sh",
  "application/x-www-form-urlencoded",
  "application/graphql",
  "application/rtf",
  "application/sql",
  "application/toml",
  "application/vnd.ms-fontobject",
  "application/wasm",
  "application/xml",
  "application/yaml",
  "font/otf",
  "font/ttf",
  "image/bmp",
  "image/vnd.microsoft.icon",
  "image/x-icon",
]);
