export type { ContractOptions, ContractSubject, Feature } from "./contract/stage.ts";
export { FakeClock } from "./fake-clock.ts";
export type { ServerSuiteOptions } from "./server/stage.ts";
export { serverSuite } from "./server-suite.ts";
export { socketContract } from "./socket-contract.ts";
export { settled, turn, turns } from "./turn.ts";
export { WaitFailed } from "./wake-up.ts";
export { type Pace, type WaitOptions, type Wanted, WireClient, type WireState } from "./wire-client.ts";
