import type { HttpRequest } from "../server/types.ts";

/**
 * Which event a request is that has its connection speak another protocol. An upgrade that nobody listens for is a request
 * as others; to CONNECT there is no other answer.
 *
 * @param heard whether somebody listens for `"upgrade"`
 */
export function changeOf(
  { method, headers, protocol }: HttpRequest,
  heard: boolean,
): "upgrade" | "connect" | undefined {
  if (method === "CONNECT") return "connect";
  if (protocol.minor === 0 || !headers.has("upgrade") || !heard) return undefined;
  return /(^|,)\s*upgrade\s*(,|$)/i.test(headers.get("connection") ?? "") ? "upgrade" : undefined;
}
