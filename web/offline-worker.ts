/**
 * The playground's service worker. It answers for the files that were built with it, and for nothing else: every
 * other request goes its way untouched, so that a bridge with a scope of its own is not in its way, nor it in the
 * bridge's.
 */

declare const OFFLINE_FILES: readonly string[];
declare const OFFLINE_VERSION: string;

interface Lifetime extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Lifetime {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Lifetime) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}

/** How long a page is waited for that could be had at once, of before. */
const PATIENCE_MS = 4000;

const worker = globalThis as unknown as WorkerScope;
const { scope } = worker.registration;
const prefix = "portico-playground-";
const cacheName = prefix + OFFLINE_VERSION;
const addresses = new Set([scope, ...OFFLINE_FILES.map((file) => new URL(file, scope).href)]);

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = request.url.replace(/[?#].*$/, "");
  if (request.method === "GET" && addresses.has(address)) event.respondWith(answer(request, address));
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...addresses].map((address) => new Request(address, { cache: "no-cache" })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== cacheName);
  await Promise.all(old.map((key) => caches.delete(key)));
  await worker.clients.claim();
}

/**
 * Pages come from the network first, so that a new version is seen; files have their content in their names. A network
 * that says nothing, or that the host can't be reached, is none.
 */
async function answer(request: Request, address: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(address);
  if (request.mode !== "navigate" || !kept) return kept ?? fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  const fresh = fetch(request).then(
    (response) => (response.status >= 500 ? kept : response),
    () => kept,
  );
  return Promise.race([fresh, late]);
}

export {};
