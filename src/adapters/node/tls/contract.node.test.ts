import { socketContract } from "../../../testing/index.ts";
import { NodeNetwork } from "../index.ts";
import { identityFor } from "./certificates.fixture.ts";

for (const version of ["TLSv1.3", "TLSv1.2"] as const) {
  socketContract(`TLS on TCP, ${version}`, {
    setup: async () => {
      const { cert, key } = await identityFor("127.0.0.1");
      const tls = { cert, key, ca: cert, minVersion: version, maxVersion: version };
      const network = new NodeNetwork({ tls });
      return { network, listen: { port: 0, address: "127.0.0.1" }, host: "127.0.0.1" };
    },
  });
}
