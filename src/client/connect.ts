import type { ConnectSpec, Network, Socket } from "../socket/index.ts";

/**
 * Opens a connection, for bytes that `fetch` would not send; `toStreams` makes streams of it.
 *
 * @param target where to: a host and a port, or a URL, whose scheme has the port where it names none
 * @throws TypeError for what is no URL; NetworkError when there is no connection (`ECONNREFUSED`, `ENOTFOUND`, ...)
 * @example
 * ```ts
 * const socket = await connect(network, "http://localhost:8080/");
 * socket.open({ onData: console.log, onEnd: () => socket.end(), onDrain() {}, onClose() {} });
 * socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
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
