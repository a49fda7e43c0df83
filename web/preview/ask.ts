import type { Ask } from "./protocol.ts";

/** Asks the playground for something. @returns the port that the answer comes to. */
export function ask(request: Ask): MessagePort {
  const { port1, port2 } = new MessageChannel();
  parent.postMessage(request, "*", [port2]);
  return port1;
}

/**
 * What an address that the page made means on the program's network. The page takes its own address for the
 * preview's, as that is what `location` says; the base element knows better.
 */
export function addressOf(url: string | URL): string {
  const text = String(url).replace(/^ws/, "http");
  const page = document.baseURI;
  if (text.startsWith(location.href)) return new URL(page + text.slice(location.href.length)).href;
  const resolved = new URL(text, page);
  if (resolved.host !== location.host) return resolved.href;
  return new URL(resolved.pathname + resolved.search, page).href;
}
