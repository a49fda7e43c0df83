/** The dock's side of previews' WebSockets: each is one of the program's network. */
import type { Network } from "../../src/socket/index.ts";
import { readAsk } from "../preview/protocol.ts";
import { type AnswerPort, Services } from "../preview/services.ts";
import { channelOf, type FromDock, type FromPage, lockOf } from "./socket-channel.ts";

export function answerSockets(network: Network, session: string): void {
  const services = new Services(network);
  const channel = new BroadcastChannel(channelOf(session));
  const ports = new Map<string, AnswerPort>();
  channel.onmessage = ({ data }: MessageEvent<FromPage | FromDock>) => {
    if (data.to !== "dock") return;
    const { socket } = data;
    if ("order" in data) {
      ports.get(socket)?.onmessage?.(new MessageEvent("message", { data: data.order }));
      return;
    }
    const ask = readAsk(data.ask);
    if (ask?.type !== "websocket" || ports.has(socket)) return;
    const post = (message: FromDock) => channel.postMessage(message);
    const port: AnswerPort = {
      onmessage: null,
      postMessage: (answer) => post({ to: "page", socket, answer }),
    };
    ports.set(socket, port);
    services.answerWebSocket(ask, port);
    // The lock is free when the page, or its socket, is gone.
    void navigator.locks.request(lockOf(socket), () => {
      ports.delete(socket);
      port.onmessage?.(
        new MessageEvent("message", { data: { type: "close", code: undefined, reason: undefined } }),
      );
    });
  };
}
