/**
 * What a page in the preview asks the playground for. Each request comes with a MessagePort for its answer. The page
 * is a stranger's: `readAsk` takes only what has the right shape.
 */

/** From the page. */
export type Ask =
  | {
      readonly type: "open";
      readonly url: string;
      readonly method: string;
      readonly body: ArrayBuffer | undefined;
      readonly contentType: string | undefined;
    }
  | {
      readonly type: "fetch";
      readonly url: string;
      readonly method: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: ArrayBuffer | undefined;
    }
  | { readonly type: "websocket"; readonly url: string; readonly protocols: readonly string[] };

/** Over the port of a fetch, from the page: one more chunk, please, or no more of it. */
export type FetchOrder = "pull" | "abort";

/** Over the port of a fetch, from the playground: chunks only as they are asked for. */
export type FetchAnswer =
  | {
      readonly type: "head";
      readonly status: number;
      readonly statusText: string;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly type: "chunk"; readonly bytes: Uint8Array }
  | { readonly type: "end" }
  | { readonly type: "failed"; readonly message: string };

/** Over the port of a WebSocket, from the playground. */
export type SocketAnswer =
  | { readonly type: "open"; readonly protocol: string; readonly extensions: string }
  | { readonly type: "message"; readonly data: string | ArrayBuffer }
  | { readonly type: "error" }
  | { readonly type: "close"; readonly code: number; readonly reason: string; readonly clean: boolean };

/** Over the port of a WebSocket, from the page. */
export type SocketOrder =
  | { readonly type: "send"; readonly data: string | ArrayBuffer }
  | { readonly type: "close"; readonly code: number | undefined; readonly reason: string | undefined };

/** More fields, or names of protocols, than any request has: an array of holes may say to have four billion. */
const MAX_LIST = 1000;

export function readAsk(data: unknown): Ask | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { type, url, method, headers, contentType, protocols, ...rest } = data as Record<string, unknown>;
  const body = rest.body instanceof ArrayBuffer ? rest.body : undefined;
  if (typeof url !== "string" || [headers, protocols].some(isTooLong)) return undefined;
  if (type === "websocket")
    return { type, url, protocols: Array.isArray(protocols) ? protocols.map(String) : [] };
  if (typeof method !== "string") return undefined;
  if (type === "open")
    return {
      type,
      url,
      method,
      body,
      contentType: typeof contentType === "string" ? contentType : undefined,
    };
  if (type !== "fetch" || !Array.isArray(headers)) return undefined;
  const fields = headers.filter(
    (field): field is [string, string] => Array.isArray(field) && field.length === 2,
  );
  return {
    type,
    url,
    method,
    headers: fields.map(([name, value]) => [String(name), String(value)] as const),
    body,
  };
}

function isTooLong(list: unknown): boolean {
  return Array.isArray(list) && list.length > MAX_LIST;
}
