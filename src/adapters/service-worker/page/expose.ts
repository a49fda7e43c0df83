/// <reference lib="esnext.disposable" preserve="true" />
import { type Network, systemClock } from "../../../socket/index.ts";
import { BridgeError } from "../errors.ts";
import type { Isolation } from "../headers.ts";
import { hold } from "../locks.ts";
import { isGreeting, VERSION, WAITS } from "../protocol.ts";
import { prefixOf, previewUrl, Routes } from "../routes.ts";
import { newSessionId, sessionKey, sessionLock } from "../session.ts";
import { PageBridge } from "./bridge.ts";
import { activated, controlled, register } from "./registration.ts";
import { workerContainer } from "./worker-container.ts";

/** Options of `exposeNetwork`. URLs are relative to the document's base URL. */
export interface ExposeOptions {
  /**
   * Under which URL previews live, as `SCOPE~SESSION/PORT/path`. The worker's file lies at or above it.
   * Default `"./"`.
   */
  readonly scope?: string | URL;
  /**
   * The worker's file, a copy of `dist/portico-sw.js`. A page at or below its directory can fetch previews' URLs
   * itself, and absolute paths below it that a preview navigates to are brought home to the preview. Default:
   * `"portico-sw.js"`, and where that is not to be had `"/portico-sw.js"`.
   */
  readonly worker?: string | URL;
  /**
   * Gives every answer the headers that cross-origin isolation needs (COOP, COEP, CORP), unless the server sent
   * its own. Default: none is added.
   */
  readonly isolation?: Isolation;
  /**
   * A Content-Security-Policy that every answer gets beside the server's own, such as `"connect-src 'self'"` to keep
   * previews from requesting anything elsewhere. Default: none.
   */
  readonly policy?: string;
  /**
   * Markup that goes into every HTML page that a preview navigates to, in front of its own, behind its doctype: a
   * script that gives pages what no worker can, such as `WebSocket`. Default: none.
   */
  readonly markup?: string;
  /** The worker was replaced by one of another version: this page has to be loaded again. Default: nobody is told. */
  readonly onOutdated?: () => void;
}

/** A network that real URLs of this origin lead to, as long as this page lives. */
export interface Bridge extends AsyncDisposable {
  /** Names this exposure: 128 random bits. Whoever knows it reaches its servers. */
  readonly session: string;
  /**
   * The absolute URL of a path at a server.
   * @param port 1 to 65535 @param path default `"/"`; may have a query and a fragment
   */
  urlFor(port: number, path?: string): string;
  /** Ends what is in flight; its URLs answer 503 from now on. The worker stays for other pages. Idempotent. */
  close(): Promise<void>;
}

/**
 * Makes the servers of a network reachable by URLs of this origin, for `<img>`, `<link>`, forms, navigation,
 * `EventSource` and `fetch`: a service worker takes the requests, this page carries them to the network as
 * HTTP/1.1 over connections of their own.
 *
 * @throws BridgeError `ServiceWorkerUnsupported`, `WorkerNotFound`, `WorkerTimeout`, `VersionMismatch`
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, VirtualNetwork } from "portico";
 * import { exposeNetwork } from "portico/service-worker";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(200, "Hello"));
 * const bridge = await exposeNetwork(network, { scope: "/preview/", worker: "/portico-sw.js" });
 * const frame = document.createElement("iframe");
 * frame.src = bridge.urlFor(8080, "/index.html");
 * document.body.append(frame);
 * ```
 */
export async function exposeNetwork(network: Network, options: ExposeOptions = {}): Promise<Bridge> {
  if (!workerContainer() || !navigator.locks) throw unsupported();
  const scope = withSlash(new URL(options.scope ?? "./", document.baseURI)).href;
  const prefix = prefixOf(scope);
  const session = newSessionId();
  const key = await sessionKey(session);
  // Who blocks cookies blocks all that keeps data, workers as well as locks.
  const release = await hold(navigator.locks, sessionLock(key)).catch((cause: unknown) => {
    throw unsupported({ cause });
  });
  const bridge = new PageBridge({
    network,
    routes: new Routes(new URL(scope).origin),
    prefix,
    session,
    added: { isolation: options.isolation, policy: options.policy, markup: options.markup },
    locks: navigator.locks,
    clock: systemClock,
    waits: WAITS,
  });
  const onMessage = ({ data, source }: MessageEvent<unknown>) => {
    if (!isGreeting(data) || data.portico !== "seek" || data.key !== key) return;
    if (!(source instanceof ServiceWorker)) return;
    void bridge.greet(source).then((version) => {
      if (version !== undefined && version !== VERSION) options.onOutdated?.();
    });
  };
  navigator.serviceWorker.addEventListener("message", onMessage);
  navigator.serviceWorker.startMessages();
  const close = async () => {
    navigator.serviceWorker.removeEventListener("message", onMessage);
    bridge.close();
    release();
  };
  try {
    await meetWorkers(bridge, scope, scriptsOf(options));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    session,
    urlFor: (port, path = "/") => previewUrl({ prefix, session, port: checked(port) }, path),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Two registrations of one file. The one whose scope ends with `~` controls previews and nothing else, so
 * that whatever they ask of this origin is theirs. The other one is for this page and all that lies beside it:
 * its own fetches of previews, and previews' navigations to absolute paths.
 */
async function meetWorkers(bridge: PageBridge, scope: string, scripts: readonly URL[]): Promise<void> {
  const { activeMs } = WAITS;
  const { script, registration } = await firstOf(scripts, (each) =>
    register(each, prefixOf(scope), { activeMs, yields: false }),
  );
  const wide = [new URL("./", script).href, scope].find((each) => document.URL.startsWith(each));
  const page = wide === undefined ? undefined : await register(script, wide, { activeMs, yields: true });
  await Promise.all([
    registration && meet(bridge, registration, false),
    page && meet(bridge, page, true).then(() => controlled(activeMs)),
  ]);
}

function scriptsOf({ worker }: ExposeOptions): URL[] {
  const names = worker === undefined ? ["portico-sw.js", "/portico-sw.js"] : [worker];
  return names.map((name) => new URL(name, document.baseURI));
}

/** Registers the first file that is there. */
async function firstOf(
  [script, ...others]: readonly URL[],
  attempt: (script: URL) => Promise<ServiceWorkerRegistration | undefined>,
): Promise<{ script: URL; registration: ServiceWorkerRegistration | undefined }> {
  if (script === undefined) throw new TypeError("No file to register");
  try {
    return { script, registration: await attempt(script) };
  } catch (error) {
    const missing = error instanceof BridgeError && error.code === "WorkerNotFound";
    if (!missing || others.length === 0) throw error;
    return firstOf(others, attempt);
  }
}

/** Greets the active worker; one of another version gets a chance to be updated. */
async function meet(
  bridge: PageBridge,
  registration: ServiceWorkerRegistration,
  claim: boolean,
): Promise<void> {
  const { active } = registration;
  const version = active && (await bridge.greet(active, claim));
  if (version === VERSION) return;
  await registration.update().catch(() => undefined);
  if (registration.installing ?? registration.waiting) {
    await activated(registration, WAITS.activeMs, active).catch(() => undefined);
  }
  const next = registration.active;
  if (next && next !== active && (await bridge.greet(next, claim)) === VERSION) return;
  if (version === undefined) throw new BridgeError("WorkerTimeout", "The worker did not answer in time");
  throw new BridgeError(
    "VersionMismatch",
    `The worker speaks version ${version} of the protocol, wanted ${VERSION}: copy dist/portico-sw.js anew`,
  );
}

function unsupported(options?: ErrorOptions): BridgeError {
  const wanted = "wanted https or localhost, no private window, no sandbox, and cookies that are not blocked";
  return new BridgeError("ServiceWorkerUnsupported", `There are no service workers here: ${wanted}`, options);
}

function withSlash(url: URL): URL {
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

function checked(port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new RangeError("A port is a whole number from 1 to 65535");
}
