import { BridgeError } from "../errors.ts";

/**
 * Registers the worker for a scope and waits until it is active. A registration that is there is used as it
 * is when its script is the same file, whatever its query says.
 * @param options `yields`: leave a scope that belongs to another script alone; `query`: the script's has to be
 * this one
 * @returns `undefined` when the scope was left alone
 * @throws BridgeError
 */
export async function register(
  script: URL,
  scope: string,
  options: { activeMs: number; yields: boolean; query?: boolean },
): Promise<ServiceWorkerRegistration | undefined> {
  const container = navigator.serviceWorker;
  const known = await container.getRegistration(scope);
  const given = known?.scope === scope ? scriptOf(known) : undefined;
  const ours = given !== undefined && sameFile(given, script);
  if (given !== undefined && !ours && options.yields) return undefined;
  try {
    const url = ours && !options.query ? given : script.href;
    const before = url === given ? undefined : known?.active;
    const registration = await container.register(url, { scope, updateViaCache: "none" });
    await activated(registration, options.activeMs, before);
    return registration;
  } catch (cause) {
    if (cause instanceof BridgeError) throw cause;
    const file = script.pathname;
    throw new BridgeError(
      "WorkerNotFound",
      `No worker could be registered from ${file}: wanted dist/portico-sw.js there (npx portico init <public-dir>)`,
      { cause },
    );
  }
}

/** Resolves when the registration has an active worker that is not `than`. */
export function activated(
  registration: ServiceWorkerRegistration,
  withinMs: number,
  than?: ServiceWorker | null,
): Promise<void> {
  return bounded(withinMs, "The worker did not become active in time", (done, fail) => {
    const look = () => {
      const { active, waiting, installing } = registration;
      if (active !== null && active !== than) {
        done();
        return;
      }
      const next = installing ?? waiting;
      next?.addEventListener("statechange", () => {
        if (next.state === "redundant" && registration.active === null) {
          fail(new BridgeError("WorkerNotFound", "The worker's script failed when it was installed"));
        } else look();
      });
    };
    registration.addEventListener("updatefound", look);
    look();
    return () => registration.removeEventListener("updatefound", look);
  });
}

/** Resolves when this page is controlled. */
export function controlled(withinMs: number): Promise<void> {
  const container = navigator.serviceWorker;
  return bounded(withinMs, "The worker did not take control of the page in time", (done) => {
    const look = () => {
      if (container.controller !== null) done();
    };
    container.addEventListener("controllerchange", look);
    look();
    return () => container.removeEventListener("controllerchange", look);
  });
}

function bounded(
  withinMs: number,
  problem: string,
  begin: (done: () => void, fail: (error: BridgeError) => void) => () => void,
): Promise<void> {
  let stop: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new BridgeError("WorkerTimeout", problem)), withinMs);
    stop = begin(resolve, reject);
  });
  return wait.finally(() => {
    clearTimeout(timer);
    stop?.();
  });
}

function scriptOf({ active, waiting, installing }: ServiceWorkerRegistration): string | undefined {
  return (active ?? waiting ?? installing)?.scriptURL;
}

function sameFile(url: string, script: URL): boolean {
  const other = new URL(url);
  return other.origin === script.origin && other.pathname === script.pathname;
}
