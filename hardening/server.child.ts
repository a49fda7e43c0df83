/**
 * The server that is tried, in a process of its own. Its one argument is `ServerSettings` as JSON. It says
 * `{ port }` once it listens, and answers each message that it gets with one.
 *
 * | target | answer |
 * |---|---|
 * | `/` | Hello World |
 * | `/large?bytes=N` | N bytes at once, up to 16 MiB |
 * | `/stream?chunks=N` | N chunks of 16 KiB, the next when the one before was taken |
 * | `/careless?chunks=N` | the same, written without waiting |
 * | `/slow?ms=N` | Hello World, N ms later |
 * | `/file` | what a file says that is opened now |
 * | `/upload` (POST) | the number of bytes |
 * | `/socket` (WebSocket) | every message, back |
 */
import { readFile } from "node:fs/promises";
import {
  AsyncHttpServer,
  acceptWebSocket,
  type HttpRequest,
  type Network,
  type ServerOptions,
} from "portico";
import { NodeNetwork } from "portico/node";

export interface ServerSettings {
  readonly port?: number;
  readonly address?: string;
  readonly options?: Omit<ServerOptions, "network" | "onError" | "clock">;
  /** Descriptors that `serve` keeps free for each connection. */
  readonly assumedDescriptorsPerRequest?: number;
  /** A descriptor that listens already, instead of a port. */
  readonly fd?: number;
}

/** What the process holds. */
export interface ServerFigures {
  readonly rssBytes: number;
  /** After a collection, where the process runs with `--expose-gc`. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Node's own list: sockets, timers, requests that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly descriptors: number;
  /** Requests that came to the callback. */
  readonly requests: number;
  readonly errors: readonly string[];
}

const settings = JSON.parse(process.argv[2] ?? "{}") as ServerSettings;
const piece = new Uint8Array(16_384).fill(120);
const large = new Uint8Array(16_777_216);
const errors: string[] = [];
let requests = 0;
const tcp = new NodeNetwork();
const { fd } = settings;
const network: Network =
  fd === undefined
    ? tcp
    : {
        listen: () => tcp.listen({ fd }),
        connect: (options) => tcp.connect(options),
        descriptors: () => tcp.descriptors(),
      };

const routes: Record<string, (request: HttpRequest, query: URLSearchParams) => Promise<void>> = {
  "/": (request) => request.respond(200, "Hello World"),
  "/large": (request, query) => request.respond(200, large.subarray(0, Number(query.get("bytes")))),
  "/stream": async (request, query) => {
    const body = await request.sendHeaders({ "Content-Type": "application/octet-stream" });
    for (let left = Number(query.get("chunks")); left > 0; left--) await body.write(piece);
    await body.close();
  },
  "/careless": async (request, query) => {
    const body = await request.sendHeaders({ "Content-Type": "application/octet-stream" });
    for (let left = Number(query.get("chunks")); left > 0; left--) void body.write(piece).catch(() => {});
    await body.close();
  },
  "/slow": async (request, query) => {
    await new Promise((resolve) => setTimeout(resolve, Number(query.get("ms"))));
    await request.respond(200, "Hello World");
  },
  "/file": async (request) => request.respond(200, await readFile(import.meta.filename)),
  "/upload": async (request) => request.respond(200, `${(await request.bytes()).length}`),
  "/socket": async (request) => {
    const socket = await acceptWebSocket(request);
    for await (const message of socket) socket.send(message);
  },
};

async function callback(request: HttpRequest): Promise<void> {
  requests++;
  const { pathname, searchParams } = new URL(request.target, "http://server");
  const route = routes[pathname];
  if (route === undefined) await request.respond(404, "Not Found");
  else await route(request, searchParams);
}

const server = new AsyncHttpServer({
  ...settings.options,
  network,
  onError: (error) => {
    const code = (error as { code?: string }).code ?? String(error);
    if (errors.length < 1000) errors.push(code);
  },
});

function figures(): ServerFigures {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    resources,
    descriptors: tcp.descriptors().active,
    requests,
    errors,
  };
}

type Message = { ask: "figures" } | { ask: "close"; graceMs?: number };

process.on("message", (message: Message) => {
  if (message.ask === "figures") process.send?.(figures());
  else
    void server
      .close(message.graceMs === undefined ? {} : { graceMs: message.graceMs })
      .then(() => process.send?.({ closed: true, ...figures() }))
      .then(() => process.disconnect());
});

await server.serve(settings.port ?? 0, callback, {
  ...(settings.address === undefined ? {} : { address: settings.address }),
  assumedDescriptorsPerRequest: settings.assumedDescriptorsPerRequest ?? -1,
  onListen: ({ port }) => process.send?.({ port }),
});
