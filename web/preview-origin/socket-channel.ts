/**
 * What previews and the dock say about WebSockets, which pass no worker: over a BroadcastChannel that is named after the
 * session, as a preview may be a tab of its own. Each socket has a name, and a Web Lock that its page holds while it lives.
 */
import type { Ask, SocketAnswer, SocketOrder } from "../preview/protocol.ts";

export type FromPage =
  | { readonly to: "dock"; readonly socket: string; readonly ask: Ask }
  | { readonly to: "dock"; readonly socket: string; readonly order: SocketOrder };

export interface FromDock {
  readonly to: "page";
  readonly socket: string;
  readonly answer: SocketAnswer;
}

export const channelOf = (session: string): string => `portico-sockets-${session}`;
export const lockOf = (socket: string): string => `portico-socket-${socket}`;
