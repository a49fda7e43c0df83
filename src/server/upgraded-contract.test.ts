import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { socketContract } from "../testing/index.ts";
import { HandedOver } from "./upgraded-contract.fixture.ts";

socketContract("what a server hands over", {
  setup: () => ({ network: new HandedOver(new VirtualNetwork()), listen: { port: 0 }, host: "localhost" }),
});
