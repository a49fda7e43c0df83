import { HttpHeaders } from "../http1/headers.ts";
import { type IncomingBody, OPEN } from "./incoming-body.ts";

/** What a response knows beyond what the platform's constructor takes. */
export interface ResponseFacts {
  readonly url: URL;
  readonly redirected: boolean;
  readonly headers: HttpHeaders;
  /** Where the trailers come from; none where there was no body. */
  readonly body: IncomingBody | undefined;
}

/** What `headersOf` and `trailersOf` are asked about. */
export const known: WeakMap<Response, ResponseFacts> = new WeakMap();

/** @throws TypeError for a response that no `createFetch` made */
function factsOf(response: Response): ResponseFacts {
  const facts = known.get(response);
  if (facts === undefined) throw new TypeError("wanted a response of createFetch");
  return facts;
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
    if (body.state === OPEN) body.whenSettled.push(settle);
    else settle();
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
