export { BunNetwork } from "./network.ts";
