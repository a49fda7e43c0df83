/** Where workers are registered; `undefined` where there are none. */
export function workerContainer(): ServiceWorkerContainer | undefined {
  try {
    return globalThis.navigator?.serviceWorker;
  } catch {
    return undefined; // in a frame with `sandbox` asking for it throws (Chromium)
  }
}
