/** A server that code from a link must not reach: it keeps what arrives, over TCP and over UDP. */
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Canary {
  readonly port: number;
  /** What reached it. */
  readonly heard: string[];
  close(): Promise<void>;
}

export async function startCanary(): Promise<Canary> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.end("/* heard */");
  });
  // Who speaks, and not HTTP (a preconnect says nothing).
  server.on("clientError", (_error, socket) => {
    heard.push("TCP");
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const udp = createSocket("udp4");
  udp.on("message", () => heard.push("UDP"));
  await new Promise<void>((resolve) => udp.bind(port, "127.0.0.1", resolve));
  const close = async () => {
    await new Promise<void>((resolve) => udp.close(resolve));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, heard, close };
}
