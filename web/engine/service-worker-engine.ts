/**
 * The page engine with real URLs for its previews: a service worker on a second origin answers them, out of the same
 * virtual network. Whatever a page of the program does there, the playground's origin is another one.
 */
import { previewUrl } from "../../src/adapters/service-worker/routes.ts";
import { MessagePortNetwork } from "../../src/adapters/virtual/index.ts";
import { OutsideFrame } from "../frame/outside-frame.ts";
import { DOCK_SANDBOX } from "../frame/protocol.ts";
import { type DockOrder, type DockReport, readDockReport } from "../preview-origin/protocol.ts";
import { type Engine, EngineUnavailable } from "./engine.ts";
import { loadSiteConfig } from "./site-config.ts";

/** From the first request of the second origin to a worker that is active. */
const DOCK_MS = 12_000;

const REASONS: Readonly<Record<(DockReport & { type: "failed" })["code"], string>> = {
  ServiceWorkerUnsupported: "there are no service workers here; is this a private window?",
  WorkerNotFound: "the preview origin has no worker",
  WorkerTimeout: "the worker did not start in time",
  VersionMismatch: "the preview origin has a worker of another version",
  Unknown: "the preview origin could not set up its worker",
};

/** @throws EngineUnavailable */
export async function openServiceWorkerEngine(page: Engine): Promise<Engine> {
  const { previewOrigin } = await loadSiteConfig();
  if (previewOrigin === undefined) throw new EngineUnavailable("this host has no origin for previews");
  if (previewOrigin === location.origin)
    throw new EngineUnavailable("previews need an origin that is not the playground's own");
  const dock = new Dock(page, previewOrigin);
  try {
    const session = await dock.docked;
    const origin = { prefix: `${previewOrigin}/~`, session };
    return {
      kind: "service worker",
      network: page.network,
      pages: { urlFor: (port, path) => new URL(previewUrl({ ...origin, port }, path)) },
      gone: dock.gone,
      start: (source, events) => page.start(source, events),
      close: () => dock.close(),
    };
  } catch (error) {
    dock.close();
    throw error;
  }
}

/** The hidden page of the second origin, and what it has of the network: what the program listens on. */
class Dock {
  readonly docked: Promise<string>;
  readonly gone: Promise<string>;
  readonly #frame: OutsideFrame;
  readonly #control: MessagePort;
  readonly #link: MessagePortNetwork;

  constructor(page: Engine, origin: string) {
    const control = new MessageChannel();
    const link = new MessageChannel();
    this.#control = control.port1;
    this.#link = new MessagePortNetwork(link.port1, { network: page.network, heartbeatMs: 0 });
    const order: DockOrder = { type: "dock", isolated: crossOriginIsolated };
    control.port1.postMessage(order, [link.port2]);
    let say: { gone(reason: string): void };
    this.gone = new Promise((resolve) => {
      say = { gone: resolve };
    });
    this.docked = new Promise((resolve, reject) => {
      const late = () => reject(new EngineUnavailable("the preview origin does not answer"));
      setTimeout(late, DOCK_MS);
      control.port1.onmessage = ({ data }: MessageEvent<unknown>) => {
        const report = readDockReport(data);
        if (report?.type === "docked") resolve(report.session);
        else if (report?.type === "failed") reject(new EngineUnavailable(REASONS[report.code]));
        else if (report) say.gone("its worker was replaced by another version; load this page again");
      };
    });
    this.#frame = new OutsideFrame(origin, "Dock");
    this.#frame.element.hidden = true;
    this.#frame.element.ariaHidden = "true";
    this.#frame.element.tabIndex = -1;
    this.#frame.show({ url: `${origin}/dock.html`, title: "Dock", sandbox: DOCK_SANDBOX }, control.port2);
    document.body.append(this.#frame.element);
  }

  close(): void {
    this.#control.close();
    this.#link.close();
    this.#frame.remove();
  }
}
