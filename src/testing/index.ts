export type { ContractOptions, ContractSubject, Feature } from "./contract/stage.ts";
export type { ServerSuiteOptions } from "./server/stage.ts";
export { serverSuite } from "./server-suite.ts";
export { socketContract } from "./socket-contract.ts";
export * from "./tools.ts";
