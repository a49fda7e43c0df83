import { tapNetwork } from "../../socket/index.ts";
import { socketContract } from "../../testing/index.ts";
import { NodeNetwork } from "./index.ts";

socketContract("TCP with a tap", {
  setup: () => ({
    network: tapNetwork(new NodeNetwork(), () => {}),
    listen: { port: 0, address: "127.0.0.1" },
    host: "127.0.0.1",
  }),
});
