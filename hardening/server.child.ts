/**
 * The server that is tried, in a process of its own. Its one argument is `ServerSettings` as JSON. It says
 * `{ port }` once it listens, and answers each message that it gets with one.
 */
import { once } from "node:events";
import { AsyncHttpServer, type HttpRequest, type Network, type ServerOptions } from "portico";
import { NodeNetwork } from "portico/node";
import { answer } from "./routes.ts";

export interface ServerSettings {
  readonly port?: number;
  readonly address?: string;
  readonly options?: Omit<ServerOptions, "network" | "onError" | "clock">;
  /** Descriptors that `serve` keeps free for each connection. */
  readonly assumedDescriptorsPerRequest?: number;
  /** A descriptor that listens already, instead of a port. */
  readonly fd?: number;
  /** Listens when it is asked to `listen` and not before. */
  readonly wait?: boolean;
}

/** What costs next to nothing to tell, however many connections there are. */
export interface ServerSize {
  readonly rssBytes: number;
  readonly descriptors: number;
}

/** What the process holds. */
export interface ServerFigures extends ServerSize {
  /** After a collection, where the process runs with `--expose-gc`. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Node's own list: sockets, timers, requests that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Requests that came to the callback. */
  readonly requests: number;
  readonly errors: readonly string[];
}

const settings = JSON.parse(process.argv[2] ?? "{}") as ServerSettings;
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

const server = new AsyncHttpServer({
  ...settings.options,
  network,
  onError: (error) => {
    const code = (error as { code?: string }).code ?? String(error);
    if (errors.length < 1000) errors.push(code);
  },
});

function size(): ServerSize {
  return { rssBytes: process.memoryUsage.rss(), descriptors: tcp.descriptors().active };
}

function figures(): ServerFigures {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    ...size(),
    heapBytes: heapUsed,
    externalBytes: external,
    resources,
    requests,
    errors,
  };
}

type Message = { ask: "size" } | { ask: "figures" } | { ask: "listen" } | { ask: "close"; graceMs?: number };

process.on("message", (message: Message) => {
  if (message.ask === "size") process.send?.(size());
  else if (message.ask === "figures") process.send?.(figures());
  else if (message.ask === "close")
    void server
      .close(message.graceMs === undefined ? {} : { graceMs: message.graceMs })
      .then(() => process.send?.({ closed: true, ...figures() }))
      .then(() => process.disconnect());
});

function callback(request: HttpRequest): Promise<void> {
  requests++;
  return answer(request);
}

if (settings.wait) await once(process, "message");
await server.serve(settings.port ?? 0, callback, {
  ...(settings.address === undefined ? {} : { address: settings.address }),
  assumedDescriptorsPerRequest: settings.assumedDescriptorsPerRequest ?? -1,
  onListen: ({ port }) => process.send?.({ port }),
});
