export * from "../message-port/index.ts";
export type { Conditions, FlowConditions, PortConditions, Stall } from "./conditions.ts";
export { VirtualNetwork } from "./network.ts";
export type { Arrival, VirtualNetworkOptions } from "./options.ts";
export type { VirtualSocket } from "./socket.ts";
