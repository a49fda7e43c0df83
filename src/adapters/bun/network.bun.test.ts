import { expect, it } from "vitest";
import { BunNetwork } from "./index.ts";

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "fulfilled",
    (error: { code?: string }) => error.code,
  );

it("refuses tls, wherever it is asked for, and never speaks plain text in its place", async () => {
  const tls = { cert: "a certificate", key: "a key" };
  expect(() => new BunNetwork({ tls } as object)).toThrow(
    "ENOTSUP: tls is an option of new NodeNetwork() alone",
  );
  const network = new BunNetwork();
  expect(await codeOf(network.listen({ port: 0, tls } as never))).toBe("ENOTSUP");
  expect(await codeOf(network.connect({ host: "127.0.0.1", port: 1, tls } as never))).toBe("ENOTSUP");
  await (await network.listen({ port: 0, tls: undefined } as never)).close();
});

it("says of what looks like an address and is none that there is no such name", async () => {
  const network = new BunNetwork();
  for (const address of ["256.0.0.1", "1.2.3.999"])
    expect(await codeOf(network.listen({ port: 0, address }))).toBe("ENOTFOUND");
  for (const address of ["127.0.0.1", "0.0.0.0"]) await (await network.listen({ port: 0, address })).close();
});
