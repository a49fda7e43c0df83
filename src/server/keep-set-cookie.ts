/**
 * A `Response` that keeps `Set-Cookie`. In a page the platform's own constructor drops it (Fetch, section 2.2.2:
 * a forbidden response-header name), so a framework that makes one has lost its cookies before anybody else sees
 * them. What is dropped can't be found again: the class has to be another one, before the framework is loaded.
 */

type ResponseClass = typeof Response;

/** What `keepSetCookie` changes: `globalThis`, or any object with a `Response`. */
export interface ResponseScope {
  Response: ResponseClass;
}

/**
 * Makes the `Response` of a page or worker keep `Set-Cookie`, so that what a framework sets reaches
 * `fetchHandler` and with it the client. Does nothing where the platform keeps it (Node, Deno, Bun). Some
 * frameworks take hold of `Response` when they are loaded: `import "portico/keep-set-cookie"`, first of all
 * imports, calls it before them.
 *
 * The class differs from the platform's in nothing else: `instanceof` holds both ways, and what it makes is a
 * `Response` to caches and service workers, which see no cookie in it.
 *
 * @param scope where `Response` is replaced. Default: `globalThis`. With an object of one's own nothing global
 * changes: `const { Response } = keepSetCookie({ Response: globalThis.Response })`.
 * @returns the scope
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, fetchHandler, keepSetCookie } from "portico";
 *
 * keepSetCookie();
 * const handler = fetchHandler(() => new Response("Hello", { headers: { "Set-Cookie": "a=1" } }));
 * await new AsyncHttpServer().serve(8080, handler);
 * ```
 */
export function keepSetCookie<Scope extends ResponseScope = typeof globalThis>(
  scope: Scope = globalThis as unknown as Scope,
): Scope {
  const { Response } = scope;
  const kept = new Response(null, { headers: { "Set-Cookie": "a=1" } }).headers.has("set-cookie");
  if (!kept) scope.Response = keepingResponse(Response);
  return scope;
}

/** The class itself, for `keepSetCookie` and its tests. */
export function keepingResponse(Platforms: ResponseClass): ResponseClass {
  // Both are made here: on Node the very names of their parents load its whole fetch.
  /** Headers without the platform's filter; what is changed is changed in the response, too. */
  class KeptHeaders extends Headers {
    readonly #platforms: Headers;

    constructor(platforms: Headers, cookies: readonly string[]) {
      super(platforms);
      this.#platforms = platforms;
      super.delete("Set-Cookie");
      for (const cookie of cookies) super.append("Set-Cookie", cookie);
    }

    override append(name: string, value: string): void {
      super.append(name, value);
      this.#platforms.append(name, value);
    }

    override set(name: string, value: string): void {
      super.set(name, value);
      this.#platforms.set(name, value);
    }

    override delete(name: string): void {
      super.delete(name);
      this.#platforms.delete(name);
    }
  }

  class KeepingResponse extends Platforms {
    readonly #headers: KeptHeaders;

    constructor(body?: BodyInit | null, init?: ResponseInit) {
      super(body, init);
      this.#headers = new KeptHeaders(super.headers, cookiesOf(init));
    }

    override get headers(): Headers {
      return this.#headers;
    }

    override clone(): Response {
      const { body, status, statusText } = super.clone();
      return new KeepingResponse(body, { status, statusText, headers: this.#headers });
    }

    static override json(data: unknown, init?: ResponseInit): Response {
      const { body, status, statusText, headers } = Platforms.json(data, init);
      const kept = new KeptHeaders(headers, cookiesOf(init));
      return new KeepingResponse(body, { status, statusText, headers: kept });
    }
  }
  Object.defineProperty(KeepingResponse, "name", { value: "Response" });
  Object.defineProperty(KeepingResponse, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // Responses of `fetch` are the platform's own; classes that extend this one are not meant.
      if (this === KeepingResponse) return value instanceof Platforms;
      return Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
  return KeepingResponse;
}

function cookiesOf(init: ResponseInit | undefined): string[] {
  return init?.headers === undefined ? [] : new Headers(init.headers).getSetCookie();
}
