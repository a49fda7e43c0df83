import { expect, it } from "vitest";
import { codeOf, refusesTls } from "../../testing/runtime-tcp.ts";
import { BunNetwork } from "./index.ts";

refusesTls(BunNetwork);

it("says of what looks like an address and is none that there is no such name", async () => {
  const network = new BunNetwork();
  for (const address of ["256.0.0.1", "1.2.3.999"])
    expect(await codeOf(network.listen({ port: 0, address }))).toBe("ENOTFOUND");
  for (const address of ["127.0.0.1", "0.0.0.0"]) await (await network.listen({ port: 0, address })).close();
});
