import { textLength } from "../server/text.ts";
import type { BodyContent, BodyWriter, HttpRequest, RequestCallback } from "../server/types.ts";
import { type Answers, withAnswers } from "./answers.ts";
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
      await callback(watch(request, sent));
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
    if (!this.#headOnly) this.bytes += typeof chunk === "string" ? textLength(chunk) : chunk.byteLength;
  }
}

/** The same request, with its ways to answer watched. */
function watch(request: HttpRequest, sent: Sent): HttpRequest {
  const answers: Answers = {
    async respond(code, content, headers) {
      const taken = () => {
        sent.status = code;
        if (content && !inPieces(content)) sent.count(content);
      };
      try {
        await request.respond(code, counted(content ?? null, sent), headers);
      } catch (error) {
        // Refused, and then the server answers or somebody has; or broken off after it had begun.
        if (sent.status === undefined && (sent.bytes > 0 || request.signal.aborted)) taken();
        throw error;
      }
      taken();
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
  return withAnswers(request, answers);
}

/** Whether it is counted as it leaves, and not once it was taken. */
function inPieces(content: BodyContent): content is Blob | Pieces<Uint8Array | string> {
  return content instanceof Blob || isPieces(content);
}

function counted(content: BodyContent, sent: Sent): BodyContent {
  if (!inPieces(content)) return content;
  return countedPieces(content instanceof Blob ? content.stream() : content, sent);
}

async function* countedPieces(
  pieces: Pieces<Uint8Array | string>,
  sent: Sent,
): AsyncGenerator<Uint8Array | string> {
  for await (const piece of iterable(pieces)) {
    yield piece;
    sent.count(piece);
  }
}

function countedWriter(writer: BodyWriter, sent: Sent): BodyWriter {
  return {
    async write(chunk) {
      await writer.write(chunk);
      sent.count(chunk);
    },
    close: (trailers) => writer.close(trailers),
  };
}
