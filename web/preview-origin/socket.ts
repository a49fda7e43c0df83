/** Runs in every preview before its own scripts: its `WebSocket`s are the dock's, which has the program's network. */
import { bridgedWebSocket, type SocketLine } from "../preview/bridged-websocket.ts";
import type { Ask } from "../preview/protocol.ts";
import { channelOf, type FromDock, type FromPage, lockOf } from "./socket-channel.ts";

const [, prefix = "", session = "", port = ""] = /^(\/~([0-9a-f]{32})\/(\d+))/.exec(location.pathname) ?? [];
if (session) {
  const channel = new BroadcastChannel(channelOf(session));
  const lines = new Map<string, SocketLine>();
  const post = (message: FromPage) => channel.postMessage(message);
  channel.onmessage = ({ data }: MessageEvent<FromDock | FromPage>) => {
    if (data.to === "page")
      lines.get(data.socket)?.onmessage?.(new MessageEvent("message", { data: data.answer }));
  };
  const open = (ask: Ask & { type: "websocket" }): SocketLine => {
    const socket = crypto.randomUUID();
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const line: SocketLine = {
      onmessage: null,
      postMessage: (order) => post({ to: "dock", socket, order }),
      close() {
        lines.delete(socket);
        letGo();
      },
    };
    lines.set(socket, line);
    void navigator.locks.request(lockOf(socket), () => {
      post({ to: "dock", socket, ask });
      return held;
    });
    return line;
  };
  Object.assign(globalThis, { WebSocket: bridgedWebSocket({ addressOf, open }) });
}

/** What an address that the page made means on the program's network. */
function addressOf(url: string | URL): string {
  const resolved = new URL(String(url).replace(/^ws/, "http"), location.href);
  if (resolved.host !== location.host) return resolved.href;
  const path = resolved.pathname.startsWith(prefix)
    ? resolved.pathname.slice(prefix.length)
    : resolved.pathname;
  return `http://localhost:${port}${path || "/"}${resolved.search}`;
}
