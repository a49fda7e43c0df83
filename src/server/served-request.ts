import type { HttpHeaders } from "../http1/headers.ts";
import type { HttpRequest } from "./types.ts";

/** What `Request` is given here. `duplex` is asked for by the standard, and missing in TypeScript's types. */
type Init = RequestInit & { duplex?: "half" };

/** What this platform's `Request` is like. */
interface Platform {
  /** In a page, `Request` drops names such as Cookie and Host from what it is given. A server has to have them. */
  readonly filtersHeaders: boolean;
  /** In Firefox `Request` takes a stream for a text, `[object ReadableStream]`. */
  readonly takesStreams: boolean;
  readonly ServedRequest: RequestClass;
  /** For a body that is a stream. */
  readonly BodiedRequest: RequestClass;
}

type RequestClass = new (request: HttpRequest, url: string, init: Init) => Request;

let platform: Platform | undefined;

/** Found out with the first request: on Node the very name of `Request` loads its whole fetch, which takes 17 ms. */
function findPlatform(): Platform {
  const probe = new Request("http://a/", { headers: { Cookie: "a=b" } });
  const filtersHeaders = !probe.headers.has("cookie");
  const streamed: Init = { method: "POST", body: new ReadableStream(), duplex: "half" };
  const takesStreams = !new Request("http://a/", streamed).headers.has("content-type");

  /**
   * A platform's own `Request` whose signal is made when somebody asks for it: to follow another signal costs
   * 5.5 µs on Node 20 to 26, more than all the rest, and most handlers never look. The price: what
   * `new Request(request)` makes of it without naming a `signal` is not aborted.
   */
  class ServedRequest extends Request {
    readonly #request: HttpRequest;

    constructor(request: HttpRequest, url: string, init: Init) {
      super(url, init);
      this.#request = request;
    }

    override get signal(): AbortSignal {
      return this.#request.signal;
    }

    override clone(): Request {
      const copy = new Request(super.clone(), { signal: this.signal });
      if (filtersHeaders) Object.defineProperty(copy, "headers", { value: new Headers(this.headers) });
      return copy;
    }
  }

  /** Where `Request` takes no stream, a `Response` holds the body. */
  class BodiedRequest extends ServedRequest {
    readonly #made: ConstructorParameters<RequestClass>;
    #content: Response;

    constructor(request: HttpRequest, url: string, { body, ...init }: Init) {
      super(request, url, init);
      this.#made = [request, url, init];
      const type = request.headers.get("content-type");
      this.#content = new Response(body, type === null ? {} : { headers: { "Content-Type": type } });
    }

    override get body() {
      return this.#content.body;
    }

    override get bodyUsed() {
      return this.#content.bodyUsed;
    }

    override arrayBuffer = () => this.#content.arrayBuffer();
    override blob = () => this.#content.blob();
    override bytes = () => this.#content.bytes();
    override formData = () => this.#content.formData();
    override json = () => this.#content.json();
    override text = () => this.#content.text();

    override clone(): Request {
      const copy = new BodiedRequest(...this.#made);
      copy.#content = this.#content.clone();
      return Object.defineProperty(copy, "headers", { value: new Headers(this.headers) });
    }
  }

  return { filtersHeaders, takesStreams, ServedRequest, BodiedRequest };
}

/**
 * The platform's own `Request` for a request.
 * @param given the headers, where they are not to be those that the client sent
 * @param read whether the body was read already: an empty one stands for it then
 */
export function servedRequest(
  request: HttpRequest,
  given: Iterable<[string, string]> = request.headers,
  read = false,
): Request {
  platform ??= findPlatform();
  const { filtersHeaders } = platform;
  const method = normalMethod(request.method);
  const url = hrefOf(request);
  const init: Init = { method };
  const bodied = method !== "GET" && method !== "HEAD";
  const body = !bodied ? null : read ? new Uint8Array(0) : request.body;
  let { ServedRequest } = platform;
  if (body !== null) {
    init.body = body;
    init.duplex = "half";
    if (!platform.takesStreams) ServedRequest = platform.BodiedRequest;
  }
  if (filtersHeaders) {
    // Given to both: `formData` goes by the type that the request was made with.
    const headers = new Headers([...given]);
    const made = new ServedRequest(request, url, { ...init, headers });
    return Object.defineProperty(made, "headers", { value: headers });
  }
  const made = new ServedRequest(request, url, init);
  // One by one they cost 2.5 µs less than as part of `init` on Node 20.
  const { headers } = made;
  for (const [name, value] of given) headers.append(name, value);
  return made;
}

/** Methods that `Request` writes in capitals, however they were sent (Fetch, section 2.2.1: normalize). */
const NORMALIZED = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);

/** A method as `Request` shows it. */
export function normalMethod(method: string): string {
  if (NORMALIZED.has(method)) return method;
  const upper = method.toUpperCase();
  return NORMALIZED.has(upper) ? upper : method;
}

/** A target that the URL Standard's parser leaves as it is: no dot segment, nothing that it would encode. */
const PLAIN_TARGET = /^(?:\/(?!\.|%2e)[\w!$&()*+,.:;=@~%-]*)+(?:\?[\w!$&()*+,./:;=?@~%-]*)?$/i;

/** Origins seen last, by scheme: nearly every request is sent to the same one. */
const lastOrigins: Record<"http" | "https", { host: string; origin: string | undefined }> = {
  http: { host: "", origin: undefined },
  https: { host: "", origin: undefined },
};

/** `request.url.href`, without parsing a URL where the request's own text is that already. */
export function hrefOf(request: HttpRequest): string {
  const { target } = request;
  if (PLAIN_TARGET.test(target)) {
    const origin = originOf(request.headers, request.client.secure === true ? "https" : "http");
    if (origin !== undefined) return origin + target;
  }
  return request.url.href;
}

/** Scheme and Host as one, where they are in the form that a URL has. */
function originOf(headers: HttpHeaders, scheme: "http" | "https"): string | undefined {
  const host = headers.get("host") ?? "";
  const last = lastOrigins[scheme];
  if (last.host !== host) {
    const text = `${scheme}://${host}`;
    last.host = host;
    last.origin = URL.canParse(text) && new URL(text).href === `${text}/` ? text : undefined;
  }
  return last.origin;
}
