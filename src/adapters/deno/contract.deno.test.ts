import { socketContract } from "../../testing/index.ts";
import { DenoNetwork } from "./index.ts";

const tcp = (host: string, listen: { address?: string; family?: "IPv4" | "IPv6" }) => ({
  setup: () => ({ network: new DenoNetwork(), listen: { port: 0, ...listen }, host }),
  lacks: { reset: "Deno has no reset: the peer sees an end" },
});

socketContract("Deno's TCP on IPv4", tcp("127.0.0.1", { address: "127.0.0.1" }));
socketContract("Deno's TCP, dual stack, reached over IPv4", tcp("127.0.0.1", {}));
socketContract("Deno's TCP on IPv6", tcp("::1", { address: "::1" }));
