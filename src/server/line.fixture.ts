import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import type { ServerOptions } from "./options.ts";
import { HttpServer } from "./server.ts";
import type { RequestCallback } from "./types.ts";

/** A server on a line without conditions, on a clock that the test holds, and what its `onError` was told. */
export async function serveOnLine(callback: RequestCallback, options: Partial<ServerOptions> = {}) {
  const clock = new FakeClock();
  const network = new VirtualNetwork({ clock });
  const errors: unknown[] = [];
  const server = new HttpServer({ network, clock, onError: (error) => errors.push(error), ...options });
  void server.serve(80, callback);
  await settled();
  /** A client, and what it sends first. */
  const ask = async (text: string, how: { paused?: boolean } = {}) => {
    const client = await WireClient.connect(network, { host: "localhost", port: 80 }, how);
    await client.send(text);
    await settled();
    return client;
  };
  return { server, clock, errors, ask };
}

export const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** The head of a POST. @param field says how long the body is */
export function post(...field: string[]): string {
  return `${["POST / HTTP/1.1", "Host: a", ...field].join("\r\n")}\r\n\r\n`;
}

/** Every word of an answer that a test knows it by, in order. */
export function words(text: string, ...known: string[]): string[] {
  return text.match(new RegExp(known.join("|"), "g")) ?? [];
}
