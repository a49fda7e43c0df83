/**
 * A frame of the playground's own origin that shows pages of one other origin. The playground's policy lets no frame
 * go anywhere but to its own origin; this document's policy names that other origin, as soon as it is known, and so
 * what is shown here can't be led elsewhere either. Whatever the page does, it is a stranger to both.
 */
import { type Admit, READY, type Show } from "./protocol.ts";

let origin: string | undefined;
let waiting: MessagePort | undefined;
const frame = document.createElement("iframe");

addEventListener("message", ({ data, source, ports: [port], origin: from }: MessageEvent<unknown>) => {
  if (source === parent && from === location.origin) obey(data as Admit | Show, port);
  else if (source === frame.contentWindow && from === origin && data === READY) handOn();
});
parent.postMessage(READY, location.origin);

function obey(order: Admit | Show, port: MessagePort | undefined): void {
  if (order.type === "admit") admit(order);
  else if (origin !== undefined) show(order, port);
}

/** A policy that was added can't be taken back. */
function admit(order: Admit): void {
  ({ origin } = order);
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = `default-src 'none'; style-src 'unsafe-inline'; frame-src ${origin}`;
  document.head.append(policy);
}

function show({ url, title, sandbox }: Show, port: MessagePort | undefined): void {
  waiting = port;
  frame.setAttribute("sandbox", sandbox);
  frame.allow = "cross-origin-isolated; fullscreen; clipboard-write";
  // The visitor's own hand: nothing of the playground's address goes there.
  frame.referrerPolicy = "no-referrer";
  frame.title = title;
  frame.src = url;
  if (!frame.isConnected) document.body.append(frame);
}

function handOn(): void {
  const port = waiting;
  waiting = undefined;
  if (port && origin) frame.contentWindow?.postMessage(READY, origin, [port]);
}
