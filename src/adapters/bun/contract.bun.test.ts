import { socketContract } from "../../testing/index.ts";
import { BunNetwork } from "./index.ts";

const tcp = (host: string, listen: { address?: string; family?: "IPv4" | "IPv6" }) => ({
  setup: () => ({ network: new BunNetwork(), listen: { port: 0, ...listen }, host }),
});

socketContract("Bun's TCP on IPv4", tcp("127.0.0.1", { address: "127.0.0.1" }));
socketContract("Bun's TCP, dual stack, reached over IPv4", tcp("127.0.0.1", {}));
socketContract("Bun's TCP on IPv6", tcp("::1", { family: "IPv6" }));
