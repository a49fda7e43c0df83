import { NodeNetwork } from "../adapters/node/index.ts";
import { serverSuite } from "../testing/server-suite.ts";

serverSuite("TCP", {
  setup: () => ({ network: new NodeNetwork(), listen: { port: 0, address: "127.0.0.1" }, host: "127.0.0.1" }),
});
