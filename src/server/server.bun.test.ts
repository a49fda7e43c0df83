import { BunNetwork } from "../adapters/bun/index.ts";
import { serverSuite } from "../testing/server-suite.ts";

serverSuite("Bun's TCP", {
  setup: () => ({
    network: new BunNetwork(),
    listen: { port: 0, address: "127.0.0.1" },
    host: "127.0.0.1",
  }),
});
