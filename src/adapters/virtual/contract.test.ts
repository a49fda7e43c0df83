import { socketContract } from "../../testing/index.ts";
import { VirtualNetwork, type VirtualNetworkOptions } from "./index.ts";

const virtual = (host: string, options?: VirtualNetworkOptions) => ({
  setup: () => ({ network: new VirtualNetwork(options), listen: { port: 0 }, host }),
});

socketContract("a virtual network", virtual("localhost"));
socketContract(
  "a virtual network over IPv6 with a low high-water mark",
  virtual("[::1]", { highWaterMark: 16_384 }),
);
socketContract(
  "a virtual network with latency, and segments of any size",
  virtual("shop.test", {
    names: ["shop.test"],
    latencyMs: 1,
    jitterMs: 2,
    randomSegments: true,
    maxSegmentBytes: 9000,
  }),
);
