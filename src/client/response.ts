import type { HttpHeaders } from "../http1/headers.ts";
import { known, type ResponseFacts } from "./response-facts.ts";

type Content = ConstructorParameters<typeof Response>[0] | null;

/**
 * The platform's `Response`, with what its constructor leaves out: `url`, `redirected`, `type`, and the
 * `Set-Cookie` fields, which a page's constructor drops. A subclass costs less than properties defined on
 * each instance, and `clone` keeps everything. Loaded with the first request on Node: the very
 * name of `Response` loads its whole fetch there, 17 ms that a server has no use for.
 */
export class FetchedResponse extends Response {
  readonly #facts: ResponseFacts;
  #headers: Headers | undefined;

  constructor(body: Content, init: ResponseInit, facts: ResponseFacts) {
    super(body, init);
    this.#facts = facts;
    known.set(this, facts);
  }

  override get url(): string {
    return this.#facts.url.href.replace(/#.*/, "");
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
    return new FetchedResponse(copy.body, copy, this.#facts);
  }

  #explained<T>(content: Promise<T>): Promise<T> {
    return content.catch((error) => {
      throw this.#facts.body?.failure ?? error;
    });
  }
}

/** The platform's headers, with the cookies where it has dropped them: a list of its own has no guard. */
function complete(headers: Headers, all: HttpHeaders): Headers {
  if (!all.has("set-cookie") || headers.has("set-cookie")) return headers;
  const unguarded = new Headers(headers);
  for (const cookie of all.getSetCookie()) unguarded.append("set-cookie", cookie);
  return unguarded;
}
