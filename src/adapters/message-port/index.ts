export { linkNetworks, MessagePortNetwork, type MessagePortNetworkOptions } from "./network.ts";
export type { PortLike } from "./protocol.ts";
export { type MessagePortSocketOptions, messagePortSocket } from "./socket.ts";
