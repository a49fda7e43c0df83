/** A server of `node:http` on a network of its own, and clients that speak bytes to it: for tests. */
import { afterEach } from "vitest";
import { VirtualNetwork } from "../../adapters/virtual/index.ts";
import { createFetch } from "../../client/index.ts";
import { WireClient } from "../../testing/wire-client.ts";
import { httpOn } from "../http.ts";
import type { HttpServerOfNode } from "../server.ts";
import type { RequestListener, ServerOptions } from "../server-options.ts";

const servers: HttpServerOfNode[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Without a listener it answers `served`. */
export async function serve(listener?: RequestListener, options: ServerOptions = {}) {
  const network = new VirtualNetwork();
  const server = httpOn({ network, pinned: false }).createServer(
    options,
    listener ?? ((_, response) => response.end("served")),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(8080, resolve));
  const connect = (how?: { paused: boolean }) =>
    WireClient.connect(network, { host: "localhost", port: 8080 }, how);
  const fetch = createFetch(network);
  const ask = async (request: string) => exchange(await connect(), request);
  return {
    server,
    network,
    connect,
    ask,
    fetch: (path: string, init?: RequestInit) => fetch(`http://localhost:8080${path}`, init),
  };
}

/** What comes back for a request, and up to the connection's end. */
export async function exchange(client: WireClient, request: string): Promise<string> {
  await client.send(request);
  client.end();
  return client.readToEnd();
}
