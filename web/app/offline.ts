/** Registers the service worker that keeps the playground's own files, so that it works without a network. */
import { byId } from "./dom.ts";

export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("./offline.js", { scope: "./" });
    await navigator.serviceWorker.ready;
    byId("offline", HTMLElement).textContent = "Ready to work offline";
  } catch {
    // Private windows and old browsers go without.
  }
}
