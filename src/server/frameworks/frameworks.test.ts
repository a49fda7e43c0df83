import { afterEach, beforeEach, describe } from "vitest";
import { VirtualNetwork } from "../../adapters/virtual/index.ts";
import { createFetch } from "../../client/index.ts";
import { fetchHandler } from "../fetch-handler.ts";
import { HttpServer } from "../server.ts";
import { examples } from "./examples.fixture.ts";
import { frameworkCases, type Scene } from "./suite.fixture.ts";

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
      cookies: keepsCookies(),
    };
    close = async () => {
      await server.close({ graceMs: 0 });
      await served;
    };
  });
  afterEach(() => close());

  frameworkCases(example, () => scene);
});

/** A page's `Response` drops Set-Cookie (Fetch, 2.2.2), so a framework that makes one has lost it. */
function keepsCookies(): boolean {
  return new Response(null, { headers: { "Set-Cookie": "a=1" } }).headers.has("set-cookie");
}
