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
import { type Submission, submission } from "./submission.ts";

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
  // By its path, as it may be of a shadow tree.
  const link = event.composedPath().find(isLink);
  const href = link?.getAttribute("href")?.trim() ?? "#";
  // What is at its own place is the page's own matter, and so is a script, which links of handlers have.
  if (event.defaultPrevented || href.startsWith("#") || /^javascript:/i.test(href)) return;
  event.preventDefault();
  open({ url: addressOf(href), method: "GET" });
});

addEventListener("submit", follow);

// A submission in a shadow tree is told of in there alone; the last to hear it is who listens once it is on its way.
const { attachShadow } = Element.prototype;
Element.prototype.attachShadow = function (init) {
  const root = attachShadow.call(this, init);
  root.addEventListener(
    "submit",
    () => root.addEventListener("submit", follow as EventListener, { once: true }),
    true,
  );
  return root;
};

function follow(event: SubmitEvent): void {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
  const method = submitter?.getAttribute("formmethod") ?? form.getAttribute("method");
  if (method?.toLowerCase() === "dialog") return; // it closes one, and is sent nowhere
  event.preventDefault();
  void submission(form, submitter, addressOf).then(open);
}

function isLink(target: EventTarget): target is Element {
  return target instanceof Element && target.matches("a[href], area[href]");
}

function open(page: Pick<Submission, "url" | "method"> & Partial<Submission>): void {
  ask({ type: "open", body: undefined, contentType: undefined, ...page });
}
