import { BridgeError } from "../errors.ts";
import type { Isolation } from "../headers.ts";
import { WAITS } from "../protocol.ts";
import { register } from "./registration.ts";
import { workerContainer } from "./worker-container.ts";

/** Options of `isolatePage`. URLs are relative to the document's base URL. */
export interface IsolatePageOptions {
  /** Pages below it are isolated. Default `"./"`. */
  readonly scope?: string | URL;
  /** The worker's file, a copy of `dist/portico-sw.js`. Default `"portico-sw.js"`. */
  readonly worker?: string | URL;
  /** Which embedder policy: `"credentialless"` lets resources of other origins in that say nothing. Default. */
  readonly policy?: Isolation;
}

/** Says in the tab that it was loaded again for this, so that it never is twice. */
const TRIED = "portico-isolated";

/**
 * Isolates this page across origins (COOP and COEP) on a host that can't send headers: a service worker adds
 * them, and the page is loaded again, once.
 * @returns whether the page is isolated now; false where it can't be. When it is loaded again nothing returns.
 * @throws BridgeError `ServiceWorkerUnsupported`, `WorkerNotFound`, `WorkerTimeout`
 *
 * @example
 * ```ts
 * import { isolatePage } from "portico/service-worker";
 *
 * if (await isolatePage()) new SharedArrayBuffer(1024);
 * ```
 */
export async function isolatePage(options: IsolatePageOptions = {}): Promise<boolean> {
  if (globalThis.crossOriginIsolated) {
    tabStorage()?.removeItem(TRIED);
    return true;
  }
  const storage = tabStorage();
  if (!workerContainer() || !storage) {
    throw new BridgeError("ServiceWorkerUnsupported", "There are no service workers here");
  }
  if (storage.getItem(TRIED) !== null) return false;
  const script = new URL(options.worker ?? "portico-sw.js", document.baseURI);
  script.searchParams.set("isolate", options.policy ?? "credentialless");
  const scope = new URL(options.scope ?? "./", document.baseURI).href;
  const registration = await register(script, scope, { activeMs: WAITS.activeMs, yields: true, query: true });
  if (registration === undefined) return false;
  storage.setItem(TRIED, "1");
  location.reload();
  return new Promise(() => undefined);
}

/** Where cookies are blocked there is none, and there are no workers either. */
function tabStorage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
