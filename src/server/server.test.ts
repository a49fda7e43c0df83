import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { serverSuite } from "../testing/server-suite.ts";

serverSuite("a virtual network", {
  setup: () => ({ network: new VirtualNetwork(), listen: { port: 0 }, host: "localhost" }),
  stallBytes: 4 * 1024 * 1024,
});
