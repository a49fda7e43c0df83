import { afterAll, expect, it } from "vitest";
import { socketContract } from "../../../testing/index.ts";
import { NodeNetwork } from "../index.ts";
import { identityFor } from "./certificates.fixture.ts";

const listen = { port: 0, address: "127.0.0.1" };
const { cert, key } = await identityFor("127.0.0.1");
const network = new NodeNetwork({ tls: { cert, key, ca: cert } });

socketContract("TLS on Bun", { setup: () => ({ network, listen, host: "127.0.0.1" }) });

const listener = await network.listen(listen);
afterAll(() => listener.close());

it("says of both ends that they are secure", async () => {
  const near = await network.connect({ host: "127.0.0.1", port: listener.address.port });
  const far = await listener.accept();
  expect([near.secure, far.secure]).toEqual([true, true]);
  near.destroy();
  far.destroy();
});
