import { ContainerError } from "./errors.ts";

/** Where the client library boots from when nobody says otherwise. */
const DEFAULT_HOST = "https://stackblitz.com";
const DEFAULT_DETECT_MS = 2500;

/** Options of `detectWebContainer`. */
export interface DetectOptions {
  /** Origin of the runtime's host. Default: `WEBCONTAINER_API_IFRAME_URL` of the global scope, or the makers' host. */
  readonly host?: string | undefined;
  /** Milliseconds that the host has for an answer. Default 2500; 0 asks nobody. */
  readonly detectMs?: number;
}

/** The origin that the client library will boot from. */
export function containerHost(host?: string): string {
  const { WEBCONTAINER_API_IFRAME_URL: global } = globalThis as { WEBCONTAINER_API_IFRAME_URL?: unknown };
  return new URL(host ?? (typeof global === "string" ? global : DEFAULT_HOST)).origin;
}

/**
 * Finds out within a bounded time whether a WebContainer could boot in this page, without booting one: the library's
 * own `boot` never settles where its host can't be reached.
 *
 * @throws ContainerError `NotIsolated`, `ServiceWorkerUnsupported`, `HostUnreachable`
 *
 * @example
 * ```ts
 * import { detectWebContainer } from "portico/webcontainer";
 *
 * const available = await detectWebContainer({ detectMs: 1000 }).then(
 *   () => true,
 *   () => false,
 * );
 * ```
 */
export async function detectWebContainer(options: DetectOptions = {}): Promise<void> {
  if (!globalThis.crossOriginIsolated) {
    throw new ContainerError("NotIsolated", "The page is not cross-origin isolated: it needs COOP and COEP");
  }
  if (!globalThis.navigator?.serviceWorker) {
    throw new ContainerError("ServiceWorkerUnsupported", "There are no service workers here");
  }
  const { detectMs = DEFAULT_DETECT_MS } = options;
  if (detectMs === 0) return;
  const host = containerHost(options.host);
  try {
    await fetch(`${host}/headless`, { mode: "no-cors", signal: AbortSignal.timeout(detectMs) });
  } catch (cause) {
    const message = `The host of WebContainers, ${host}, did not answer within ${detectMs} ms`;
    throw new ContainerError("HostUnreachable", message, { cause });
  }
}
