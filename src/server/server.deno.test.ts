import { DenoNetwork } from "../adapters/deno/index.ts";
import { serverSuite } from "../testing/server-suite.ts";

serverSuite("Deno's TCP", {
  setup: () => ({
    network: new DenoNetwork(),
    listen: { port: 0, address: "127.0.0.1" },
    host: "127.0.0.1",
  }),
  lacks: { reset: "Deno has no reset: the peer sees an end" },
});
