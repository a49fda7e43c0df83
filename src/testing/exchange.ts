import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { DEFAULT_LIMITS } from "../http1/limits.ts";
import { ResponseReader } from "../http1/response-reader.ts";
import { HttpServer } from "../server/server.ts";
import type { RequestCallback } from "../server/types.ts";
import { ByteBuffer } from "./bytes.ts";
import { WireClient } from "./wire-client.ts";

/** A response as it was on the wire: framing undone, content codings not. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A server on a virtual network, and what it was handed by `onError`. */
export interface Served {
  readonly network: VirtualNetwork;
  readonly errors: unknown[];
  /** A connection on which `text` was sent. */
  send(text: string): Promise<WireClient>;
  /** Sends one request and reads the response to its end. */
  ask(headers?: Record<string, string>, method?: string): Promise<WireResponse>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves a callback on port 80. */
export async function served(callback: RequestCallback): Promise<Served> {
  const network = new VirtualNetwork();
  const errors: unknown[] = [];
  const server = new HttpServer({ network, onError: (error) => errors.push(error) });
  await new Promise<void>((resolve, reject) => {
    server.serve(80, callback, { onListen: () => resolve() }).catch(reject);
  });
  const send = async (text: string): Promise<WireClient> => {
    const client = await WireClient.connect(network, { host: "localhost", port: 80 });
    await client.send(text);
    return client;
  };
  const ask = async (headers: Record<string, string> = {}, method = "GET"): Promise<WireResponse> => {
    const lines = Object.entries({ Host: "localhost", Connection: "close", ...headers });
    const client = await send(
      `${method} / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    );
    await client.readToEnd();
    return parse(client.bytes, method);
  };
  return { network, errors, send, ask, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) };
}

function parse(bytes: Uint8Array, method: string): WireResponse {
  const reader = new ResponseReader(DEFAULT_LIMITS);
  reader.feed(bytes.slice());
  const head = reader.readHead(method);
  if (head === undefined) throw new Error("the response has no head");
  const body = new ByteBuffer();
  for (let event = reader.readBody(); event !== "end"; event = reader.readBody()) {
    if (event === "need-more") {
      if (reader.finish()) break;
      throw new Error("the response was cut");
    }
    body.append(event);
  }
  return { status: head.status, headers: head.headers.toJSON(), body: body.bytes.slice() };
}
