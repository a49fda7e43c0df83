import type { FieldLines } from "../http1/field-lines.ts";
import { type HeadersInput, HttpHeaders } from "../http1/headers.ts";
import { listElements } from "../http1/list.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { NetworkError, type Socket } from "../socket/index.ts";
import { ResponseAlreadySent, UsageError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { ENDED, IncomingBody, OPEN } from "./incoming-body.ts";
import { rejected } from "./outgoing-body.ts";
import { sendResponse, startResponse } from "./response.ts";
import type { BodyContent, BodyWriter, HttpRequest, UpgradedConnection } from "./types.ts";

/** Without `stream` a decoder keeps nothing from one call to the next. */
const decoder = new TextDecoder();

/** One object for all requests of a minor version. */
const PROTOCOLS: HttpRequest["protocol"][] = [];

/** One request being served. Everything that costs something is made when it is first asked for. */
export class ServerRequest implements HttpRequest {
  readonly head: RequestHead;
  readonly incoming: IncomingBody | undefined;
  /** Whether the head of an answer was sent. */
  answered = false;
  /** Whether the callback has come to its end. */
  settled = false;
  /** The reason phrase, where it is not to be the code's own. */
  reason: string | undefined;
  /** An origin server with a clock sends Date (RFC 9110 section 6.6.1), unless a program insists. */
  sendsDate = true;
  /** What `onError` was last told of it. */
  reported: { readonly error: unknown } | undefined;

  readonly #exchange: Exchange;
  #headers: HttpHeaders | undefined;
  #url: URL | undefined;
  #abort: AbortController | undefined;
  #gone: Error | undefined;
  #trailers: Promise<HttpHeaders> | undefined;
  #settleTrailers: (() => void) | undefined;
  /** Of this body, not of the one that the connection reads next. */
  #trailerLines: FieldLines | undefined;

  constructor(exchange: Exchange, head: RequestHead) {
    this.#exchange = exchange;
    this.head = head;
    this.incoming = head.framing === 0 ? undefined : new IncomingBody(exchange, exchange.maxBody);
  }

  get client(): Socket {
    return this.#exchange.socket;
  }

  get method(): string {
    return this.head.method;
  }

  get target(): string {
    return this.head.target;
  }

  get headers(): HttpHeaders {
    this.#headers ??= HttpHeaders.fromLines(this.head.lines);
    return this.#headers;
  }

  get hostname(): string {
    return this.#exchange.socket.remoteAddress.address;
  }

  get protocol(): HttpRequest["protocol"] {
    const { minor } = this.head;
    PROTOCOLS[minor] ??= Object.freeze({ orig: `HTTP/1.${minor}`, major: 1, minor });
    return PROTOCOLS[minor];
  }

  get url(): URL {
    this.#url ??= targetUri(this.head, this.#exchange.socket);
    return this.#url;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#gone) this.#abort.abort(this.#gone);
    }
    return this.#abort.signal;
  }

  get trailers(): Promise<HttpHeaders> {
    const { incoming } = this;
    if (!incoming) return Promise.resolve(new HttpHeaders());
    if (!this.#trailers) {
      this.#trailers = new Promise((resolve, reject) => {
        this.#settleTrailers = () => {
          if (incoming.state === ENDED) resolve(HttpHeaders.fromLines(this.#trailerLines));
          else reject(new UsageError("ConnectionClosed", "the body was not read"));
        };
      });
      this.#trailers.catch(() => {}); // that nobody waits for them is no unhandled rejection
      if (incoming.state !== OPEN) this.#settleTrailers?.();
    }
    return this.#trailers;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.incoming?.stream ?? null;
  }

  get bodyUsed(): boolean {
    return this.incoming?.used ?? false;
  }

  async bytes(): Promise<Uint8Array> {
    return this.#content();
  }

  async text(): Promise<string> {
    const content = this.#content();
    return decoder.decode(content instanceof Promise ? await content : content);
  }

  async json<T = unknown>(): Promise<T> {
    const content = this.#content();
    return JSON.parse(decoder.decode(content instanceof Promise ? await content : content)) as T;
  }

  async formData(): Promise<FormData> {
    const type = this.headers.get("content-type");
    const bytes = await this.bytes();
    // The platform's parser of multipart/form-data and application/x-www-form-urlencoded.
    const headers: HeadersInit = type === null ? {} : { "Content-Type": type };
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers }).formData();
  }

  respond(code: number, content?: BodyContent, headers?: HeadersInput): Promise<void> {
    if (this.answered) return rejected(new ResponseAlreadySent());
    try {
      return sendResponse(this.#exchange, this.head, code, content, headers);
    } catch (error) {
      return rejected(error);
    }
  }

  async sendHeaders(headers: HeadersInput, code = 200): Promise<BodyWriter> {
    if (this.answered) throw new ResponseAlreadySent();
    return startResponse(this.#exchange, this.head, code, headers);
  }

  async upgrade(protocol: string, headers?: HeadersInput): Promise<UpgradedConnection> {
    if (this.answered) throw new ResponseAlreadySent();
    checkUpgrade(this, protocol);
    if (this.incoming && this.incoming.state !== ENDED) {
      throw new UsageError("NotUpgradable", "read the body first");
    }
    return this.#exchange.switchProtocol(protocol, headers);
  }

  takeOver(): UpgradedConnection {
    if (this.answered) throw new ResponseAlreadySent();
    return this.#exchange.takeOver();
  }

  /** The body came to its end, in one way or another. */
  bodyEnded(): void {
    this.#trailerLines = this.#exchange.trailers;
    this.#settleTrailers?.();
  }

  /** The client is gone, or seems to be, before the response was complete. */
  clientLost(cause?: Error): void {
    this.#gone = new NetworkError("ECONNRESET", "the client left", { cause });
    this.#abort?.abort(this.#gone);
  }

  #content(): Uint8Array | Promise<Uint8Array> {
    return this.incoming ? this.incoming.bytes() : new Uint8Array(0);
  }
}

/** The target URI (RFC 9112 section 3.3). Where Host is no host of the URL Standard, our own address is used. */
function targetUri(head: RequestHead, socket: Socket): URL {
  const { target, authority, method } = head;
  const local = socket.localAddress;
  const scheme = socket.secure === true ? "https" : "http";
  const own = local.family === "unix" ? "localhost" : `${bracketed(local.address)}:${local.port}`;
  const connect = method === "CONNECT";
  const path = connect || target === "*" ? "/" : target;
  for (const host of [connect ? target : authority, own, "localhost"]) {
    const text = path.startsWith("/") ? `${scheme}://${host}${path}` : path;
    if (host !== "" && URL.canParse(text)) return new URL(text);
  }
  return new URL("http://localhost/");
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** RFC 9110 section 7.8: in HTTP/1.1 only, and only to a protocol that the client offered. */
function checkUpgrade({ head, headers }: ServerRequest, protocol: string): void {
  const offered = listElements((headers.get("upgrade") ?? "").toLowerCase());
  if (head.minor === 0 || !head.fields.connectionUpgrade || !offered.includes(protocol.toLowerCase())) {
    throw new UsageError("NotUpgradable", `${protocol} was not offered`);
  }
}
