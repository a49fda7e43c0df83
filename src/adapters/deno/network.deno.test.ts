import { expect, it } from "vitest";
import type { Listener } from "../../socket/index.ts";
import { DenoNetwork } from "./index.ts";

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "fulfilled",
    (error: { code?: string }) => error.code,
  );

it("refuses tls, wherever it is asked for, and never speaks plain text in its place", async () => {
  const tls = { cert: "a certificate", key: "a key" };
  expect(() => new DenoNetwork({ tls } as object)).toThrow(
    "ENOTSUP: tls is an option of new NodeNetwork() alone",
  );
  const network = new DenoNetwork();
  expect(await codeOf(network.listen({ port: 0, tls } as never))).toBe("ENOTSUP");
  expect(await codeOf(network.connect({ host: "127.0.0.1", port: 1, tls } as never))).toBe("ENOTSUP");
  await (await network.listen({ port: 0, tls: undefined } as never)).close();
});

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
