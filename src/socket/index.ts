export { type Clock, systemClock } from "./clock.ts";
export { NetworkError } from "./errors.ts";
export type { ConnectSpec, Listener, ListenSpec, Network } from "./network.ts";
export type { Socket, SocketAddress, SocketEvents } from "./socket.ts";
export { type SocketStreams, toStreams } from "./streams.ts";
export { type TapEvent, type TapOptions, tapNetwork } from "./tap.ts";
