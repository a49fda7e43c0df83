import { describe } from "vitest";
import { backPressureCases } from "./contract/back-pressure.ts";
import { destroyCases } from "./contract/destroy.ts";
import { eventCases } from "./contract/events.ts";
import { halfCloseCases } from "./contract/half-close.ts";
import { listeningCases } from "./contract/listening.ts";
import { reentranceCases } from "./contract/reentrance.ts";
import { type ContractOptions, Stage } from "./contract/stage.ts";
import { streamCases } from "./contract/streams.ts";
import { transferCases } from "./contract/transfer.ts";

/**
 * The contract of `Socket`, `Listener` and `Network` as a Vitest suite, for every adapter to run.
 *
 * @example
 * ```ts
 * import { NodeNetwork } from "portico/node";
 * import { socketContract } from "portico/testing";
 *
 * socketContract("TCP on IPv4", {
 *   setup: () => ({ network: new NodeNetwork(), listen: { port: 0, address: "127.0.0.1" }, host: "127.0.0.1" }),
 * });
 * ```
 */
export function socketContract(name: string, options: ContractOptions): void {
  describe(`the socket contract: ${name}`, () => {
    const stage = new Stage(options);
    describe("events", () => eventCases(stage));
    describe("re-entrance", () => reentranceCases(stage));
    describe("half-close", () => halfCloseCases(stage));
    describe("back-pressure", () => backPressureCases(stage));
    describe("destroy", () => destroyCases(stage));
    describe("transfer", () => transferCases(stage));
    describe("as streams", () => streamCases(stage));
    describe("listening and connecting", () => listeningCases(stage));
  });
}
