import { afterEach, beforeEach, describe } from "vitest";
import { NodeNetwork } from "../../adapters/node/index.ts";
import { fetchHandler } from "../fetch-handler.ts";
import { HttpServer } from "../server.ts";
import { examples } from "./examples.fixture.ts";
import { frameworkCases, type Scene } from "./suite.fixture.ts";

describe.each(examples)("$name over TCP, asked by Node's fetch", (example) => {
  let scene: Scene;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const errors: unknown[] = [];
    const server = new HttpServer({ network: new NodeNetwork(), onError: (error) => errors.push(error) });
    await server.listen(0, { address: "127.0.0.1" });
    const accepting = acceptAll(server, fetchHandler(example.fetch));
    const origin = `http://127.0.0.1:${server.getPort()}`;
    scene = {
      fetch: (path, init) => fetch(origin + path, init),
      errors,
      setCookies: (response) => response.headers.getSetCookie(),
    };
    close = async () => {
      await server.close({ graceMs: 0 });
      await accepting;
    };
  });
  afterEach(() => close());

  frameworkCases(example, () => scene);
});

async function acceptAll(server: HttpServer, callback: ReturnType<typeof fetchHandler>): Promise<void> {
  while (server.listening) await server.acceptRequest(callback);
}
