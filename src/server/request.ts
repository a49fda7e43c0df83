import { HttpHeaders } from "../http1/headers.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { NetworkError, type Socket } from "../socket/index.ts";
import type { Connection } from "./connection.ts";
import type { IncomingBody } from "./incoming-body.ts";
import type { HttpRequest } from "./types.ts";

/** Without `stream` a decoder keeps nothing from one call to the next. */
const decoder = new TextDecoder();

/** One object for all requests of a minor version. */
const PROTOCOLS: HttpRequest["protocol"][] = [];

/**
 * What a client asked for. Everything that costs something is made when it is first asked for. The fields are the
 * subclass's: an object that two classes give fields to takes 11 ns more to make.
 */
export abstract class RequestMessage {
  abstract readonly connection: Connection;
  abstract readonly head: RequestHead;
  abstract readonly incoming: IncomingBody | undefined;
  protected abstract madeHeaders: HttpHeaders | undefined;
  protected abstract madeUrl: URL | undefined;
  protected abstract aborter: AbortController | undefined;

  get client(): Socket {
    return this.connection.socket;
  }

  get method(): string {
    return this.head.method;
  }

  get target(): string {
    return this.head.target;
  }

  get headers(): HttpHeaders {
    this.madeHeaders ??= HttpHeaders.fromLines(this.head.fields.lines);
    return this.madeHeaders;
  }

  get hostname(): string {
    return this.client.remoteAddress.address;
  }

  get protocol(): HttpRequest["protocol"] {
    const { minor } = this.head;
    PROTOCOLS[minor] ??= Object.freeze({ orig: `HTTP/1.${minor}`, major: 1, minor });
    return PROTOCOLS[minor];
  }

  get url(): URL {
    this.madeUrl ??= targetUri(this.head, this.client);
    return this.madeUrl;
  }

  get signal(): AbortSignal {
    this.aborter ??= new AbortController();
    return this.aborter.signal;
  }

  get trailers(): Promise<HttpHeaders> {
    return this.incoming?.trailers ?? Promise.resolve(new HttpHeaders());
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.incoming?.stream ?? null;
  }

  get bodyUsed(): boolean {
    return this.incoming?.used ?? false;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return (
      this.incoming?.[Symbol.asyncIterator]() ?? { next: async () => ({ done: true, value: undefined }) }
    );
  }

  async bytes(): Promise<Uint8Array> {
    return contentOf(this.incoming);
  }

  async text(): Promise<string> {
    const content = contentOf(this.incoming);
    return decoder.decode(content instanceof Promise ? await content : content);
  }

  async json<T = unknown>(): Promise<T> {
    const content = contentOf(this.incoming);
    return JSON.parse(decoder.decode(content instanceof Promise ? await content : content)) as T;
  }

  async formData(): Promise<FormData> {
    const bytes = (await this.bytes()) as Uint8Array<ArrayBuffer>;
    // The platform's parser of multipart/form-data and application/x-www-form-urlencoded.
    const headers = { "Content-Type": this.headers.get("content-type") ?? "" };
    return new Response(bytes, { headers }).formData();
  }

  /** The client is gone, or seems to be, before the response was complete. */
  protected clientLost(cause?: Error): void {
    this.aborter ??= new AbortController();
    this.aborter.abort(new NetworkError("ECONNRESET", "the client left", { cause }));
  }
}

function contentOf(body: IncomingBody | undefined): Uint8Array | Promise<Uint8Array> {
  return body ? body.bytes() : new Uint8Array(0);
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
