import { hrefOf, normalMethod, servedRequest } from "../served-request.ts";
import type { HttpRequest } from "../types.ts";
import { LightHeaders } from "./headers.ts";
import { standIn } from "./stand-in.ts";

/**
 * A `Request` over a request as it came: method, URL, headers, signal and a body that is read as a whole come
 * straight from there. The platform's own is made when something else is asked for, and answers from then on.
 */
export class LightRequest {
  readonly #request: HttpRequest;
  #url: string | undefined;
  #headers: LightHeaders | undefined;
  /** Whether the body was read here. */
  #used = false;
  #platforms: Request | undefined;

  constructor(request: HttpRequest) {
    this.#request = request;
  }

  /** The platform's own for a light one; anything else as it is. */
  static unwrapped<Input>(input: Input): Input | Request {
    return typeof input === "object" && input !== null && #request in input
      ? LightRequest.platformsOf(input)
      : input;
  }

  static platformsOf(light: LightRequest): Request {
    if (light.#platforms === undefined) {
      const headers = light.#headers;
      const made = servedRequest(light.#request, headers && LightHeaders.platformsOf(headers), light.#used);
      if (headers !== undefined) LightHeaders.adopt(headers, made.headers);
      // What was read here is not there to be read again.
      if (light.#used) void made.arrayBuffer();
      light.#platforms = made;
    }
    return light.#platforms;
  }

  get method(): string {
    return normalMethod(this.#request.method);
  }

  get url(): string {
    this.#url ??= hrefOf(this.#request);
    return this.#url;
  }

  get headers(): Headers {
    if (this.#headers === undefined && this.#platforms !== undefined) return this.#platforms.headers;
    this.#headers ??= new LightHeaders(this.#request.headers, false);
    return this.#headers as unknown as Headers;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  get body(): ReadableStream<Uint8Array> | null {
    // Making the stream is what takes the time, so that it may as well be the platform's.
    return this.#bodied() ? LightRequest.platformsOf(this).body : null;
  }

  get bodyUsed(): boolean {
    return this.#platforms?.bodyUsed ?? this.#used;
  }

  text(): Promise<string> {
    if (!this.#takes()) return LightRequest.platformsOf(this).text();
    return this.#used ? this.#request.text() : Promise.resolve("");
  }

  json(): Promise<unknown> {
    if (!this.#takes() || !this.#used) return LightRequest.platformsOf(this).json();
    return this.#request.json();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (!this.#takes() || !this.#used) return LightRequest.platformsOf(this).arrayBuffer();
    // A copy: what came may share its memory with what comes next.
    return new Uint8Array(await this.#request.bytes()).buffer;
  }

  /** Whether the body, if there is one, is read here; it is marked as used then. */
  #takes(): boolean {
    if (this.#platforms !== undefined || this.#used) return false;
    this.#used = this.#bodied();
    return true;
  }

  /** Whether there is a body, told by its framing (RFC 9112 section 6): to ask for its stream would make that. */
  #bodied(): boolean {
    const { method } = this;
    if (method === "GET" || method === "HEAD") return false;
    const { headers } = this.#request;
    return Number(headers.get("content-length") ?? 0) !== 0 || headers.has("transfer-encoding");
  }
}

/** Makes light requests instances of a `Request` class, which has the platform's among its parents. */
export function prepareRequest(parent: typeof Request): void {
  standIn(LightRequest, parent, LightRequest.platformsOf);
}
