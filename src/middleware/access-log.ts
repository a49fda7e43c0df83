import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import { quiet } from "../server/outgoing-body.ts";
import { textLength } from "../server/text.ts";
import type { BodyWriter, HttpRequest, RequestCallback } from "../server/types.ts";
import { type Answers, callWithAnswers } from "./answers.ts";
import type { LogEntry } from "./log-line.ts";
import { isPieces, iterable, type Pieces } from "./pieces.ts";

/**
 * Wraps a callback so that every request it gets is reported once, when its response was handed over or
 * broken off. Requests that the server refuses before there is a callback (a 400, say) are not among them.
 *
 * @param report Gets the entry; must not throw.
 * @param now A clock of milliseconds since the Unix epoch, fractions welcome.
 */
export function withAccessLog(
  callback: RequestCallback,
  report: (entry: LogEntry) => void,
  now: () => number,
): RequestCallback {
  return async (request) => {
    const time = now();
    const sent = new Sent(request.method === "HEAD");
    try {
      await callWithAnswers(callback, request, watched(request, sent));
    } finally {
      const { method, target, hostname, headers } = request;
      report({
        client: hostname,
        time,
        method,
        target,
        protocol: request.protocol.orig,
        // Without an answer of the callback's the server gives one
        status: sent.status ?? 500,
        bytes: sent.bytes,
        referer: headers.get("referer"),
        userAgent: headers.get("user-agent"),
        milliseconds: now() - time,
      });
    }
  };
}

/** What has been sent for one request so far. */
class Sent {
  status: number | undefined;
  bytes = 0;
  readonly #headOnly: boolean;

  constructor(headOnly: boolean) {
    this.#headOnly = headOnly;
  }

  count(chunk: string | Uint8Array | ArrayBuffer): void {
    if (this.#headOnly || this.status === 204 || this.status === 205 || this.status === 304) return;
    this.bytes += typeof chunk === "string" ? textLength(chunk) : chunk.byteLength;
  }
}

/** The request's ways to answer, watched. */
function watched(request: HttpRequest, sent: Sent): Answers {
  return {
    async respond(code, content, headers) {
      if (content instanceof Blob) {
        await request.respond(code, countedPieces(content.stream(), sent, code), described(content, headers));
      } else if (isPieces(content)) {
        await request.respond(code, countedPieces(content, sent, code), headers);
      } else {
        const taken = () => {
          sent.status ??= code;
          if (content) sent.count(content);
        };
        try {
          await request.respond(code, content, headers);
        } catch (error) {
          // Refused, and then the server answers or somebody has; or broken off after it had begun.
          if (sent.status === undefined && request.signal.aborted) taken();
          throw error;
        }
        taken();
      }
      sent.status ??= code;
    },
    async sendHeaders(headers, code = 200) {
      const writer = await request.sendHeaders(headers, code);
      sent.status ??= code;
      return countedWriter(writer, sent);
    },
    async upgrade(protocol, headers) {
      const socket = await request.upgrade(protocol, headers);
      sent.status ??= 101;
      return socket;
    },
  };
}

/** What a Blob says of itself, and its pieces do not. */
function described(content: Blob, headers: HeadersInput | undefined): HttpHeaders {
  const all = new HttpHeaders(headers);
  if (content.type !== "" && !all.has("content-type")) all.set("Content-Type", content.type);
  if (!all.has("content-length")) all.set("Content-Length", String(content.size));
  return all;
}

/** No generator: to return from one that waits for its next piece would wait for that. */
function countedPieces(
  pieces: Pieces<unknown>,
  sent: Sent,
  code: number,
): AsyncIterable<Uint8Array | string> {
  return {
    [Symbol.asyncIterator]() {
      const source = iterable(pieces as Pieces<Uint8Array | string>)[Symbol.asyncIterator]();
      let before: Uint8Array | string = "";
      return {
        async next() {
          // Who asks has sent the head, and the piece before.
          sent.status ??= code;
          sent.count(before);
          before = "";
          const next = await source.next();
          if (!next.done) before = next.value;
          return next;
        },
        async return(value?: unknown) {
          await source.return?.(value);
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function countedWriter(writer: BodyWriter, sent: Sent): BodyWriter {
  const write = async (chunk: Uint8Array | string): Promise<void> => {
    await writer.write(chunk);
    sent.count(chunk);
  };
  return { write: (chunk) => quiet(write(chunk)), close: (trailers) => writer.close(trailers) };
}
