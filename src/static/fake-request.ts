/** For the tests of this folder: one request without a server, and what it was answered with. */
import { HttpHeaders } from "../http1/headers.ts";
import type { BodyContent, HttpRequest, RequestCallback } from "../server/types.ts";

export interface FakeResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The content came in pieces. */
  readonly streamed: boolean;
}

/** Calls a callback with a request that has a method, a target and headers, and collects the response. */
export async function ask(
  callback: RequestCallback,
  target: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<FakeResponse> {
  let response: FakeResponse | undefined;
  const request: Pick<HttpRequest, "method" | "target" | "headers" | "respond"> = {
    method,
    target,
    headers: new HttpHeaders(headers),
    async respond(status, content = null, fields = {}) {
      if (response !== undefined) throw new Error("answered twice");
      const streamed = content !== null && typeof content === "object" && Symbol.asyncIterator in content;
      const bytes = await collect(content);
      response = {
        status,
        headers: new HttpHeaders(fields),
        bytes,
        text: new TextDecoder().decode(bytes),
        streamed,
      };
    },
  };
  await callback(request as HttpRequest);
  if (response === undefined) throw new Error("not answered");
  return response;
}

async function collect(content: BodyContent): Promise<Uint8Array> {
  if (content !== null && typeof content === "object" && Symbol.asyncIterator in content) {
    const pieces: BlobPart[] = [];
    for await (const piece of content) pieces.push(typeof piece === "string" ? piece : new Uint8Array(piece));
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  }
  if (content instanceof Uint8Array) return content;
  return new Uint8Array(await new Response(content).arrayBuffer());
}
