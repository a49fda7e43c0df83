import { expect, it } from "vitest";
import type { Listener } from "../../socket/index.ts";
import { codeOf, refusesTls } from "../../testing/runtime-tcp.ts";
import { DenoNetwork } from "./index.ts";

refusesTls(DenoNetwork);

it("listens on no address of the other family, although the name's first one is", async () => {
  const network = new DenoNetwork();
  const { family } = (await network.listen({ port: 0, address: "localhost" }).then(closed)).address;
  const [own, other] = family === "IPv4" ? (["IPv4", "IPv6"] as const) : (["IPv6", "IPv4"] as const);
  expect(await codeOf(network.listen({ port: 0, address: "localhost", family: other }))).toBe("EAFNOSUPPORT");
  await network.listen({ port: 0, address: "localhost", family: own }).then(closed);
});

async function closed(listener: Listener): Promise<Listener> {
  await listener.close();
  return listener;
}
