import type { HeadersInput } from "../http1/headers.ts";
import { HttpHeaders } from "../http1/headers.ts";
import { callable } from "../server/errors.ts";
import { quiet } from "../server/outgoing-body.ts";
import type { BodyWriter, HttpRequest, RequestCallback } from "../server/types.ts";
import { type Clock, systemClock } from "../socket/index.ts";
import { isPieces, iterable, type Pieces } from "./pieces.ts";

/** One event of an event stream (HTML, section 9.2.6). A string is an event with that data alone. */
export interface ServerSentEvent {
  /** Lines become `data` fields; what is no string is sent as JSON. Without data an `EventSource` fires nothing. */
  readonly data?: unknown;
  /** The event's type, one line. Default: `message`, as the `EventSource` sees it. */
  readonly event?: string;
  /** What the client sends as `Last-Event-ID` when it comes back: one line, no NUL. */
  readonly id?: string;
  /** Milliseconds that the client waits before it comes back. */
  readonly retry?: number;
}

/** An open event stream. */
export interface EventStream {
  /** The `Last-Event-ID` of a client that comes back, `""` of one that is new. */
  readonly lastEventId: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /**
   * Sends an event; resolves when the connection can take more.
   * @throws TypeError for an event or id that is not one line
   */
  send(event: ServerSentEvent | string): Promise<void>;
  /** Sends a comment, which the client ignores. */
  comment(text: string): Promise<void>;
}

/** Sends events: through the stream, or as an async iterable, such as a generator. */
export type EventsHandler = (
  stream: EventStream,
  request: HttpRequest,
) => void | Promise<void> | AsyncIterable<ServerSentEvent | string>;

export interface ServerSentEventsOptions {
  /** More headers of the response. Default: none. */
  readonly headers?: HeadersInput;
  /** Milliseconds without an event after which a comment keeps proxies from closing. Default 15_000; 0 is never. */
  readonly keepAliveMs?: number;
  /** Default: the platform's time. */
  readonly clock?: Clock;
}

/**
 * A callback that answers with an event stream, for `EventSource`. The stream ends when the handler is done, and
 * is given up when the client goes away: a generator is then returned from, and `signal` is aborted.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, serverSentEvents } from "portico";
 *
 * const ticks = serverSentEvents(async function* () {
 *   for (let n = 1; n <= 3; n++) yield { event: "tick", id: String(n), data: { n } };
 * });
 * await new AsyncHttpServer().serve(8080, ticks);
 * ```
 */
export function serverSentEvents(
  handler: EventsHandler,
  options: ServerSentEventsOptions = {},
): RequestCallback {
  callable(handler);
  return async (request) => {
    const headers = new HttpHeaders(options.headers);
    headers.set("Content-Type", "text/event-stream; charset=utf-8");
    // no-transform: whoever compresses would hold events back.
    if (!headers.has("cache-control")) headers.set("Cache-Control", "no-cache, no-transform");
    const writer = await request.sendHeaders(headers);
    if (request.method === "HEAD") return writer.close();
    const stream = new OpenStream(request, writer, options);
    try {
      await stream.start();
      const result = handler(stream, request);
      if (isPieces(result)) await sendAll(stream, result);
      else await result;
    } finally {
      stream.stop();
    }
    await writer.close().catch((error: unknown) => {
      if (!request.signal.aborted) throw error;
    });
  };
}

/** Sends until the iterable ends, the client is gone, or an event is none; the iterable is told of it. */
async function sendAll(stream: OpenStream, events: Pieces<ServerSentEvent | string>): Promise<void> {
  const iterator = iterable(events)[Symbol.asyncIterator]();
  const gone = new Promise<undefined>((resolve) => {
    stream.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  let next: IteratorResult<ServerSentEvent | string> | undefined;
  try {
    while (!stream.signal.aborted) {
      next = await Promise.race([iterator.next(), gone]);
      if (next?.done) return;
      if (next !== undefined) await stream.send(next.value);
    }
  } finally {
    // Not awaited: a generator that waits for something else returns when that has come.
    if (!next?.done) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

class OpenStream implements EventStream {
  readonly lastEventId: string;
  readonly signal: AbortSignal;
  readonly #writer: BodyWriter;
  readonly #clock: Clock;
  readonly #keepAliveMs: number;
  #timer: unknown;
  #stopped = false;

  constructor(request: HttpRequest, writer: BodyWriter, options: ServerSentEventsOptions) {
    this.lastEventId = fromUtf8(request.headers.get("last-event-id") ?? "");
    this.signal = request.signal;
    this.#writer = writer;
    this.#clock = options.clock ?? systemClock;
    this.#keepAliveMs = options.keepAliveMs ?? 15_000;
  }

  /** A first comment makes the head leave, and `EventSource` open, before there is an event. */
  start(): Promise<void> {
    return this.comment("");
  }

  send(event: ServerSentEvent | string): Promise<void> {
    return quiet(this.#write(formatEvent(typeof event === "string" ? { data: event } : event)));
  }

  comment(text: string): Promise<void> {
    return quiet(this.#write(`${lines(text, ":")}\n`));
  }

  stop(): void {
    this.#stopped = true;
    this.#clock.clearTimeout(this.#timer);
  }

  /** To a client that is gone nothing is sent, which is no error: the signal tells. */
  async #write(text: string): Promise<void> {
    if (this.signal.aborted) return;
    this.#clock.clearTimeout(this.#timer);
    try {
      await this.#writer.write(text);
    } catch (error) {
      if (!this.signal.aborted) throw error;
    }
    // Of several events that wait, each comes here.
    this.#clock.clearTimeout(this.#timer);
    if (this.#keepAliveMs > 0 && !this.#stopped && !this.signal.aborted)
      this.#timer = this.#clock.setTimeout(() => void this.comment(""), this.#keepAliveMs);
  }
}

/** `EventSource` sends an id in UTF-8 (HTML, section 9.2.3); what a header holds are octets. */
function fromUtf8(octets: string): string {
  try {
    return utf8.decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
  } catch {
    return octets;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The event's fields and the empty line that ends it. @throws TypeError */
export function formatEvent({ event, id, retry, data }: ServerSentEvent): string {
  let text = "";
  if (event !== undefined) text += `event: ${oneLine("event", event)}\n`;
  if (id !== undefined) text += `id: ${oneLine("id", id)}\n`;
  if (retry !== undefined) {
    if (!Number.isInteger(retry) || retry < 0)
      throw new TypeError(`retry is ${retry}, wanted whole milliseconds`);
    text += `retry: ${retry}\n`;
  }
  if (data !== undefined)
    text += lines(typeof data === "string" ? data : (JSON.stringify(data) ?? ""), "data:");
  return `${text}\n`;
}

/** A field a line: CR LF, CR and LF all end one. The space is not part of the value. */
function lines(text: string, field: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => (line === "" ? `${field}\n` : `${field} ${line}\n`))
    .join("");
}

function oneLine(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw new TypeError(`${name} must be one line, without NUL`);
  return value;
}
