/** A page of somebody else's, on an origin and a site of its own: `localhost`, where the playground is on 127.0.0.1. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HostPage {
  readonly url: string;
  close(): Promise<void>;
}

export async function startHost(
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HostPage> {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Host</title><link rel="icon" href="data:,">${body}</html>`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers });
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://localhost:${port}/`, close };
}
