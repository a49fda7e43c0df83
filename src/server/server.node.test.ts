import { NodeNetwork } from "../adapters/node/index.ts";
import { identityFor } from "../adapters/node/tls/certificates.fixture.ts";
import { serverSuite } from "../testing/server-suite.ts";

serverSuite("TCP", {
  setup: () => ({ network: new NodeNetwork(), listen: { port: 0, address: "127.0.0.1" }, host: "127.0.0.1" }),
});

const identity = identityFor("127.0.0.1");

serverSuite("TLS", {
  setup: async () => {
    const { cert, key } = await identity;
    const network = new NodeNetwork({ tls: { cert, key, ca: cert } });
    return { network, listen: { port: 0, address: "127.0.0.1" }, host: "127.0.0.1" };
  },
  scheme: "https",
});
