import { afterEach, beforeEach, describe } from "vitest";
import { VirtualNetwork } from "../../adapters/virtual/index.ts";
import { createFetch, headersOf } from "../../client/index.ts";
import { fetchHandler } from "../fetch-handler.ts";
import { HttpServer } from "../server.ts";
import { type Example, frameworkCases, type Scene } from "./suite.fixture.ts";

/** Adds the cases of each framework, on the virtual network. */
export function onVirtualNetwork(examples: readonly Example[]): void {
  describe.each(examples)("$name on the virtual network", (example) => {
    let scene: Scene;
    let close: () => Promise<void>;

    beforeEach(async () => {
      const errors: unknown[] = [];
      const network = new VirtualNetwork();
      const server = new HttpServer({ network, onError: (error) => errors.push(error) });
      const served = server.serve(8080, fetchHandler(example.fetch));
      const fetch = createFetch(network);
      scene = {
        fetch: (path, init) => fetch(`http://localhost:8080${path}`, init),
        errors,
        setCookies: (response) => headersOf(response).getSetCookie(),
      };
      close = async () => {
        await server.close({ graceMs: 0 });
        await served;
      };
    });
    afterEach(() => close());

    frameworkCases(example, () => scene);
  });
}
