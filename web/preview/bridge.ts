/**
 * Runs in the preview before anything of the page does: the page's `fetch`, `EventSource` and `WebSocket` go over the
 * playground's virtual network, links and forms are followed by the playground. What could leave by another way than
 * HTTP is taken out.
 */

import { addressOf, ask } from "./ask.ts";
import { BridgedEventSource } from "./bridged-event-source.ts";
import { bridgedFetch } from "./bridged-fetch.ts";
import { bridgedWebSocket } from "./bridged-websocket.ts";
import { keepFramesOut } from "./no-frames.ts";

for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
  Object.defineProperty(globalThis, name, { value: undefined });
}
keepFramesOut();
Object.assign(globalThis, {
  fetch: bridgedFetch,
  EventSource: BridgedEventSource,
  WebSocket: bridgedWebSocket({ addressOf, open: ask }),
});

addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const href = link?.getAttribute("href") ?? "#";
  if (event.defaultPrevented || href.startsWith("#")) return;
  event.preventDefault();
  ask({ type: "open", url: addressOf(href), method: "GET", body: undefined });
});

addEventListener("submit", (event) => {
  if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return;
  event.preventDefault();
  const form = event.target;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter)) fields.append(name, String(value));
  const url = new URL(addressOf(form.getAttribute("action") ?? ""));
  const post = form.method === "post";
  if (!post) url.search = fields.toString();
  ask({
    type: "open",
    url: url.href,
    method: post ? "POST" : "GET",
    body: post ? fields.toString() : undefined,
  });
});
