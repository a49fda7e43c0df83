import { HttpHeaders } from "../http1/headers.ts";
import type { IncomingBody } from "./incoming-body.ts";

/** What a response knows beyond what the platform's constructor takes. */
export interface ResponseFacts {
  readonly url: URL;
  readonly redirected: boolean;
  readonly headers: HttpHeaders;
  /** Where the trailers come from; none where there was no body. */
  readonly body: IncomingBody | undefined;
}

/** What `headersOf` and `trailersOf` are asked about. */
const known = new WeakMap<Response, ResponseFacts>();

type ResponseClass = new (
  body: ConstructorParameters<typeof Response>[0] | null,
  init: ResponseInit,
  facts: ResponseFacts,
) => Response;

let made: ResponseClass | undefined;

/**
 * The platform's `Response`, with what its constructor leaves out: `url`, `redirected`, `type`, and the
 * `Set-Cookie` fields, which a page's constructor drops. A subclass costs less than properties defined on
 * each instance, and `clone` keeps everything. The class is made with the first response: on Node the very
 * name of `Response` loads its whole fetch, 17 ms that a server has no use for.
 */
export function fetchedResponse(
  body: ConstructorParameters<typeof Response>[0] | null,
  init: ResponseInit,
  facts: ResponseFacts,
): Response {
  made ??= responseClass();
  return new made(body, init, facts);
}

function responseClass(): ResponseClass {
  return class FetchedResponse extends Response {
    readonly #facts: ResponseFacts;
    readonly #streamed: boolean;
    #headers: Headers | undefined;

    constructor(
      body: ConstructorParameters<typeof Response>[0] | null,
      init: ResponseInit,
      facts: ResponseFacts,
    ) {
      super(body, init);
      this.#facts = facts;
      known.set(this, facts);
      this.#streamed = body instanceof ReadableStream;
    }

    override get url(): string {
      const { href, hash } = this.#facts.url;
      return hash === "" ? href : href.slice(0, -hash.length);
    }

    override get redirected(): boolean {
      return this.#facts.redirected;
    }

    override get type(): ResponseType {
      return "basic";
    }

    override get headers(): Headers {
      this.#headers ??= complete(super.headers, this.#facts.headers);
      return this.#headers;
    }

    // Chromium's own tell of every failed stream that there was a "network error", and not which.

    override arrayBuffer(): Promise<ArrayBuffer> {
      return this.#explained(super.arrayBuffer());
    }

    override blob(): Promise<Blob> {
      return this.#explained(super.blob());
    }

    /** Not every platform has it yet. */
    override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
      return new Uint8Array(await this.arrayBuffer());
    }

    override formData(): Promise<FormData> {
      return this.#explained(super.formData());
    }

    override json(): Promise<unknown> {
      return this.#explained(super.json());
    }

    override text(): Promise<string> {
      return this.#explained(super.text());
    }

    override clone(): Response {
      const copy = super.clone();
      const { status, statusText, headers } = copy;
      return new FetchedResponse(copy.body, { status, statusText, headers }, this.#facts);
    }

    #explained<T>(content: Promise<T>): Promise<T> {
      const { body } = this.#facts;
      if (body === undefined || !this.#streamed) return content;
      return content.catch((error) => {
        throw body.failure ?? error;
      });
    }
  };
}

/** @throws TypeError for a response that no `createFetch` made */
function factsOf(response: Response): ResponseFacts {
  const facts = known.get(response);
  if (facts === undefined) throw new TypeError("wanted a response of createFetch");
  return facts;
}

/** The platform's headers, with the cookies where it has dropped them: a list of its own has no guard. */
function complete(headers: Headers, all: HttpHeaders): Headers {
  if (!all.has("set-cookie") || headers.has("set-cookie")) return headers;
  const unguarded = new Headers(headers);
  for (const cookie of all.getSetCookie()) unguarded.append("set-cookie", cookie);
  return unguarded;
}

/**
 * The trailer fields of a response (RFC 9110 section 6.5), empty where it had none. Resolves when the body
 * was received to its end, which for a body of more than 64 KiB needs somebody to read it; rejects with the
 * error of the body's stream when it was cut.
 *
 * @throws TypeError for a response that `createFetch` did not make
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch, trailersOf, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, async (request) => {
 *   const body = await request.sendHeaders({ Trailer: "X-Rows" });
 *   await body.write("a,1\nb,2\n");
 *   await body.close({ "X-Rows": "2" });
 * });
 * const response = await createFetch(network)("http://localhost:8080/export");
 * await response.text(); // "a,1\nb,2\n"
 * (await trailersOf(response)).get("X-Rows"); // "2"
 * ```
 */
export function trailersOf(response: Response): Promise<HttpHeaders> {
  const { body } = factsOf(response);
  if (body === undefined) return Promise.resolve(new HttpHeaders());
  return new Promise((resolve, reject) => {
    const settle = () => (body.trailers ? resolve(body.trailers) : reject(body.failure));
    if (body.settled) settle();
    else body.whenSettled.push(settle);
  });
}

/**
 * The header fields of a response as they were on the wire: in order, in the sender's spelling, each line by
 * itself. `response.headers` has the same, sorted and joined as the platform does.
 *
 * @throws TypeError for a response that `createFetch` did not make
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch, headersOf, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(204, null, { "X-Who": "me" }));
 * const response = await createFetch(network)("http://localhost:8080/");
 * const names = [...headersOf(response).lines()].map(([name]) => name);
 * names.includes("X-Who"); // true
 * [...response.headers.keys()].includes("x-who"); // true
 * ```
 */
export function headersOf(response: Response): HttpHeaders {
  return factsOf(response).headers;
}
