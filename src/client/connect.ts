import type { ConnectSpec, Network, Socket } from "../socket/index.ts";

/**
 * Opens a connection, for bytes that `fetch` would not send; `toStreams` makes streams of it.
 *
 * @param target where to: a host and a port, or a URL, whose scheme has the port where it names none
 * @throws TypeError for what is no URL; NetworkError when there is no connection (`ECONNREFUSED`, `ENOTFOUND`, ...)
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, connect, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(200, "Hello"));
 * const socket = await connect(network, "http://localhost:8080/");
 * const received = new Promise<string>((resolve) => {
 *   let text = "";
 *   socket.open({
 *     onData: (bytes) => {
 *       text += new TextDecoder().decode(bytes);
 *     },
 *     onEnd: () => socket.end(),
 *     onDrain() {},
 *     onClose: () => resolve(text),
 *   });
 * });
 * socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
 * (await received).split("\r\n")[0]; // "HTTP/1.1 200 OK"
 * ```
 */
export async function connect(network: Network, target: ConnectSpec | URL | string): Promise<Socket> {
  if (typeof target !== "string" && !(target instanceof URL)) return network.connect(target);
  const { hostname, port, protocol } = new URL(target);
  const secure = protocol === "https:" || protocol === "wss:";
  // An IPv6 address stands in brackets there, and nowhere else.
  const host = hostname.replace(/^\[|\]$/g, "");
  return network.connect({ host, port: port === "" ? (secure ? 443 : 80) : Number(port) });
}
