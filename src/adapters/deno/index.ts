export { DenoNetwork } from "./network.ts";
