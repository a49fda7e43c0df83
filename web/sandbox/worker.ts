/**
 * What the sandboxed worker runs before the program: it joins the worker's network with the host's, tells the host
 * what is logged, what listens and what fails, and then imports the program. Built into one classic script.
 */

import { ConsoleShim } from "./console-shim.ts";
import { inspect } from "./inspect.ts";
import type * as Portico from "./portico.ts";
import type { Order, Place, Report, StartOrder } from "./protocol.ts";

addEventListener("message", ({ data, ports }: MessageEvent<StartOrder>) => void start(data, ports), {
  once: true,
});

async function start(order: StartOrder, [control, link]: readonly MessagePort[]): Promise<void> {
  if (!control || !link) return;
  const post = control.postMessage.bind(control);
  const tell = (report: Report) => post(report);
  const shim = new ConsoleShim(tell);
  control.onmessage = ({ data }: MessageEvent<Order>) => {
    if (data.type === "ping") tell({ type: "pong" });
    else shim.credit();
  };
  const address = addressOf(order.portico);
  const fail = (error: unknown, fallback?: Place) => {
    // An import of a name that is not there is told with the module's address, which says nothing to anybody.
    const text = textOf(error).replaceAll(address, "portico");
    tell({ type: "failed", text, place: placeIn(error) ?? fallback });
  };
  addEventListener("error", (event) => {
    event.preventDefault();
    fail(
      event.error ?? event.message,
      event.lineno > 0 ? { line: event.lineno, column: event.colno || 1 } : undefined,
    );
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    fail(event.reason);
  });
  try {
    const portico: typeof Portico = await import(/* @vite-ignore */ address);
    joinNetworks(portico, link, tell);
    shim.install();
    await import(/* @vite-ignore */ addressOf(order.parts.join(address)));
    tell({ type: "started" });
  } catch (error) {
    fail(error);
  }
}

/**
 * The host reaches the ports that listen here. What is connected to from here goes by way of the host, where
 * the conditions hold and the wire view sees it.
 */
function joinNetworks(portico: typeof Portico, link: MessagePort, tell: (report: Report) => void): void {
  const { defaultNetwork } = portico;
  const bridge = new portico.MessagePortNetwork(link, { network: defaultNetwork, heartbeatMs: 0 });
  const listen = defaultNetwork.listen.bind(defaultNetwork);
  defaultNetwork.connect = (spec) => bridge.connect(spec);
  defaultNetwork.listen = async (spec) => {
    const listener = await listen(spec);
    const { port } = listener.address;
    tell({ type: "listen", port });
    return {
      address: listener.address,
      accept: () => listener.accept(),
      close: () => {
        tell({ type: "unlisten", port });
        return listener.close();
      },
    };
  };
  Object.assign(globalThis, {
    fetch: portico.createFetch(),
    WebSocket: portico.createWebSocket(defaultNetwork),
  });
}

function addressOf(source: string): string {
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return `Uncaught ${typeof error === "string" ? error : inspect(error)}`;
  const { code } = error as { code?: unknown };
  return `${error.name}${typeof code === "string" && code !== error.name ? ` [${code}]` : ""}: ${error.message}`;
}

/** Where in the program an error came from: the compiled program says `server.ts` in every stack. */
function placeIn(error: unknown): Place | undefined {
  const found = error instanceof Error && /server\.ts:(\d+):(\d+)/.exec(error.stack ?? "");
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined;
}
