import { describe } from "vitest";
import { failureCases } from "./server/failures.ts";
import { framingCases } from "./server/framing.ts";
import { lifecycleCases } from "./server/lifecycle.ts";
import { persistenceCases } from "./server/persistence.ts";
import { requestCases } from "./server/requests.ts";
import { responseCases } from "./server/responses.ts";
import { safetyCases } from "./server/safety.ts";
import { ServerStage, type ServerSuiteOptions } from "./server/stage.ts";
import { streamingCases } from "./server/streaming.ts";

/**
 * What the server does on the wire, as a Vitest suite for every network to run. `(#N)` in a name is the
 * requirement of that number in the checklist of RFC 9110 and 9112; a number at the start is the section.
 *
 * @example
 * ```ts
 * import { serverSuite } from "portico/testing";
 * import { VirtualNetwork } from "portico/virtual";
 *
 * serverSuite("a virtual network", {
 *   setup: () => ({ network: new VirtualNetwork(), listen: { port: 0 }, host: "localhost" }),
 * });
 * ```
 */
export function serverSuite(name: string, options: ServerSuiteOptions): void {
  describe(`the server on ${name}`, () => {
    const stage = new ServerStage(options);
    describe("message framing", () => framingCases(stage));
    describe("the request", () => requestCases(stage));
    describe("the response", () => responseCases(stage));
    describe("a streamed response", () => streamingCases(stage));
    describe("the connection", () => persistenceCases(stage));
    describe("a program's faults", () => safetyCases(stage));
    describe("failures", () => failureCases(stage));
    describe("the life of a server", () => lifecycleCases(stage));
  });
}
