import { keepSetCookie } from "../keep-set-cookie.ts";
import { prepareHeaders } from "./headers.ts";
import { setLightFetch } from "./known.ts";
import { LightRequest, prepareRequest } from "./request.ts";
import { LightResponse, prepareResponse } from "./response.ts";

/** What `installLightFetch` changes: `globalThis`, or any object that has these. */
export interface FetchScope {
  Request: typeof Request;
  Response: typeof Response;
  fetch: typeof fetch;
}

/**
 * Puts a light `Request` and `Response` in the place of the platform's: `new Response("text")` then remembers its
 * text instead of making a stream of it, and a `fetchHandler` that is given one sends that text; the `Request` that
 * a handler gets makes its parts when they are asked for. `import "portico/light-fetch"`, first of all imports, does
 * the same for frameworks that take hold of the classes when they are loaded.
 *
 * Whatever is not simple is the platform's own, and so is what it throws: a stream, a form or a blob as body, a
 * class that extends `Response`, a status that is none. `instanceof` holds both ways. In a page the class keeps
 * `Set-Cookie` as well, see `keepSetCookie`.
 *
 * What is not JavaScript sees no `Response` in a light one, and none of these classes in what was got hold of
 * before: for a cache, `respondWith` or another server make one with the platform's class, kept from before:
 * `new PlatformsResponse(light.body, light)`. `fetch(request)` and `new Request(request)` take light ones.
 *
 * @param scope where the three are replaced. Default: `globalThis`. A handler gets light requests only while they
 * are replaced there.
 * @returns puts back what was there
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch, fetchHandler } from "portico";
 * import { installLightFetch } from "portico/light-fetch/install";
 *
 * const restore = installLightFetch();
 * const server = new AsyncHttpServer();
 * void server.serve(8080, fetchHandler(() => new Response("Hello")));
 * const response = await createFetch()("http://localhost:8080/");
 * await response.text(); // "Hello"
 * await server.close();
 * restore();
 * ```
 */
export function installLightFetch(scope: FetchScope = globalThis): () => void {
  classes ??= makeClasses();
  const { Request, Response, fetch } = scope;
  if (Response === classes.Response) return () => {};
  Object.assign(scope, classes, { fetch: lightFetchOf(fetch) });
  return () => void Object.assign(scope, { Request, Response, fetch });
}

type Classes = Pick<FetchScope, "Request" | "Response">;

let classes: Classes | undefined;

/** Made with the first use: on Node the very names of their parents load its whole fetch. */
function makeClasses(): Classes {
  const Platforms = { Request, Response: keepSetCookie({ Response }).Response };

  class OwnRequest extends Platforms.Request {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(LightRequest.unwrapped(input), init);
    }
  }

  class OwnResponse extends Platforms.Response {
    // biome-ignore lint/correctness/noUnreachableSuper: a light response is whole without the platform's
    constructor(body?: BodyInit | null, init?: ResponseInit) {
      const light = new.target === OwnResponse ? LightResponse.of(body, init) : undefined;
      // biome-ignore lint/correctness/noConstructorReturn: `new Response` is what a program can write
      if (light !== undefined) return light as unknown as OwnResponse;
      super(body, init);
    }

    static override json(data: unknown, init?: ResponseInit): Response {
      const light = LightResponse.json(data, init) as Response | undefined;
      return light ?? Platforms.Response.json(data, init);
    }
  }

  const made = { Request: OwnRequest, Response: OwnResponse };
  standFor(OwnRequest, Platforms.Request, "Request");
  standFor(OwnResponse, Platforms.Response, "Response");
  prepareHeaders();
  prepareRequest(OwnRequest);
  prepareResponse(OwnResponse, Platforms.Response);
  setLightFetch({
    Request: OwnRequest,
    requestOf: (request) => new LightRequest(request) as unknown as Request,
    take: LightResponse.take,
  });
  return made;
}

/** The name, and `instanceof`, of the class that it stands for: what `fetch` gives is the platform's own. */
function standFor(own: object, platforms: new (...args: never[]) => unknown, name: string): void {
  Object.defineProperty(own, "name", { value: name });
  Object.defineProperty(own, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this === own) return value instanceof platforms;
      return Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}

function lightFetchOf(platforms: typeof fetch): typeof fetch {
  const own: typeof fetch = (input, init) => platforms(LightRequest.unwrapped(input), init);
  return own;
}
